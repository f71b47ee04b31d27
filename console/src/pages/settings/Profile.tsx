import { Button, Group, Paper, PasswordInput, Select, Stack, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState, type SyntheticEvent } from "react";
import { ProblemError } from "../../api/problem";
import { CardTitle } from "../../look/CardTitle";
import { Problem } from "../../look/Problem";
import { browserZone, useZoneChoice } from "../../look/zone";
import { useWords } from "../../look/words";
import { useChangeProfile, useSession } from "../../shell/session";
import { useToast } from "../../shell/toast";
import { useTexts } from "./texts";

/** One's own name, language, appearance, zone and password. */
export function Profile() {
  const t = useTexts();
  const words = useWords();
  const toast = useToast();
  const { member } = useSession();
  const [name, setName] = useState(member.name);
  const [zone, setZone] = useZoneChoice();
  const change = useMutation({
    mutationFn: useChangeProfile(),
    onSuccess: () => toast.done(words("saved")),
    onError: toast.problem,
  });
  const zones = [
    { value: "", label: t("zoneAuto", { zone: browserZone() }) },
    ...Intl.supportedValuesOf("timeZone").map((each) => ({ value: each, label: each })),
  ];
  return (
    <Stack>
      <Paper p="lg">
        <CardTitle title={t("profile")} />
        <Stack maw={420}>
          <form
            onSubmit={(event) => {
              event.preventDefault();
              change.mutate({ name: name.trim() });
            }}
          >
            <Group align="flex-end">
              <TextInput
                flex={1}
                label={t("name")}
                autoComplete="name"
                value={name}
                onChange={(event) => setName(event.currentTarget.value)}
              />
              <Button
                type="submit"
                variant="default"
                disabled={name.trim() === "" || name === member.name}
                loading={change.isPending}
              >
                {words("save")}
              </Button>
            </Group>
          </form>
          <TextInput label={t("email")} value={member.email} readOnly variant="filled" />
          <Select
            label={t("language")}
            allowDeselect={false}
            value={member.language ?? ""}
            onChange={(value) => change.mutate({ language: value === "en" || value === "ja" ? value : null })}
            data={[
              { value: "", label: t("languageAuto") },
              { value: "en", label: "English" },
              { value: "ja", label: "日本語" },
            ]}
          />
          <Select
            label={t("appearance")}
            allowDeselect={false}
            value={member.theme}
            onChange={(value) => change.mutate({ theme: value ?? "auto" })}
            data={(["auto", "light", "dark"] as const).map((value) => ({ value, label: t(value) }))}
          />
          <Select
            label={t("zone")}
            description={t("zoneText")}
            searchable
            allowDeselect={false}
            value={zone}
            onChange={(value) => setZone(value ?? "")}
            data={zones}
          />
        </Stack>
      </Paper>
      <Password />
    </Stack>
  );
}

function Password() {
  const t = useTexts();
  const toast = useToast();
  const [current, setCurrent] = useState("");
  const [fresh, setFresh] = useState("");
  const change = useMutation({
    mutationFn: useChangeProfile(),
    onSuccess: () => {
      setCurrent("");
      setFresh("");
      toast.done(t("passwordChanged"));
    },
  });
  const problem = change.error instanceof ProblemError ? change.error : null;
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    change.mutate({ current_password: current, new_password: fresh });
  };
  return (
    <Paper p="lg" component="form" onSubmit={submit}>
      <CardTitle title={t("password")} />
      <Stack maw={420}>
        <PasswordInput
          label={t("currentPassword")}
          autoComplete="current-password"
          value={current}
          error={problem?.field("current_password")}
          onChange={(event) => setCurrent(event.currentTarget.value)}
        />
        <PasswordInput
          label={t("newPassword")}
          description={t("passwordText")}
          autoComplete="new-password"
          value={fresh}
          error={problem?.field("new_password")}
          onChange={(event) => setFresh(event.currentTarget.value)}
        />
        {problem && <Problem error={problem} />}
        <Button
          type="submit"
          variant="default"
          w="fit-content"
          disabled={current === "" || fresh.length < 12}
          loading={change.isPending}
        >
          {t("changePassword")}
        </Button>
      </Stack>
    </Paper>
  );
}
