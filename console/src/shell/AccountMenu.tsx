import { Avatar, Menu, UnstyledButton, useMantineColorScheme } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { Schema } from "../api/client";
import { IconCheck, IconDeviceDesktop, IconLogout, IconMoon, IconSun, IconUser } from "../look/icons";
import { speak, type Language } from "../look/texts";
import { TourItem } from "../tour/TourItem";
import { useChangeProfile, useLeave, useSession } from "./session";
import { useTexts } from "./texts";
import { useToast } from "./toast";

const SCHEMES = [
  ["light", IconSun],
  ["dark", IconMoon],
  ["auto", IconDeviceDesktop],
] as const;
const LANGUAGES: [Language, string][] = [
  ["en", "English"],
  ["ja", "日本語"],
];

/** The member's own things: profile, language, appearance, log out. */
export function AccountMenu() {
  const t = useTexts();
  const { member, demo } = useSession();
  const { i18n } = useTranslation();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const navigate = useNavigate();
  const toast = useToast();
  const change = useMutation({ mutationFn: useChangeProfile(), onError: toast.problem });
  const leave = useMutation({ mutationFn: useLeave(), onError: toast.problem });

  const chooseLanguage = (language: Language) => {
    speak(language);
    change.mutate({ language });
  };
  const chooseScheme = (theme: Schema<"Theme">) => {
    setColorScheme(theme);
    change.mutate({ theme });
  };
  return (
    <Menu position="bottom-end" width={230} withinPortal>
      <Menu.Target>
        <UnstyledButton aria-label={`${t("account")}: ${member.name}`} style={{ borderRadius: 20 }}>
          <Avatar name={member.name} color="ai" size={30} radius="xl" />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          {member.name} · {member.email}
        </Menu.Label>
        <Menu.Item
          leftSection={<IconUser size={16} />}
          onClick={() => void navigate({ to: "/settings/$section", params: { section: "profile" } })}
        >
          {t("profile")}
        </Menu.Item>
        {demo && <TourItem />}
        <Menu.Divider />
        <Menu.Label>{t("language")}</Menu.Label>
        {LANGUAGES.map(([language, name]) => (
          <Menu.Item
            key={language}
            lang={language}
            onClick={() => chooseLanguage(language)}
            rightSection={i18n.language === language ? <IconCheck size={15} /> : null}
          >
            {name}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Label>{t("scheme")}</Menu.Label>
        {SCHEMES.map(([scheme, Icon]) => (
          <Menu.Item
            key={scheme}
            leftSection={<Icon size={16} />}
            onClick={() => chooseScheme(scheme)}
            rightSection={colorScheme === scheme ? <IconCheck size={15} /> : null}
          >
            {t(scheme)}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item leftSection={<IconLogout size={16} />} onClick={() => leave.mutate()}>
          {t("logout")}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
