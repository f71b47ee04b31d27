import {
  Checkbox,
  Fieldset,
  NumberInput,
  Paper,
  PasswordInput,
  Select,
  SimpleGrid,
  Stack,
  TagsInput,
  Text,
  TextInput,
  type InputWrapperProps,
} from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type SyntheticEvent } from "react";
import { api, ask, type Schema } from "../../api/client";
import { noticesQuery } from "../../api/queries";
import { CardTitle } from "../../look/CardTitle";
import { EVENTS, useEventName } from "../../look/notice";
import { useWords } from "../../look/words";
import { useZone } from "../../look/zone";
import { useMay } from "../../shell/session";
import { useToast } from "../../shell/toast";
import { changeOf, draftOf, type NoticeDraft } from "./noticeDraft";
import { SaveAsOwner } from "./SaveAsOwner";
import { useTexts } from "./texts";

const TLS = ["starttls", "tls", "none"] as const;
const LANGUAGES = [
  { value: "en", label: "English" },
  { value: "ja", label: "日本語" },
];

/** What explains a field stands below it: fields beside each other stay on one line. */
const BELOW = ["label", "input", "description", "error"] satisfies InputWrapperProps["inputWrapperOrder"];

/** Who is told of what, and how. Only an owner changes it; secrets are typed and never shown. */
export function NoticeForm({ kept }: { kept: Schema<"KeptNoticeSettings"> }) {
  const t = useTexts();
  const words = useWords();
  const toast = useToast();
  const queries = useQueryClient();
  const owner = useMay("owner");
  const eventName = useEventName();
  const zone = useZone();
  const [draft, setDraft] = useState(() => draftOf(kept.settings, zone));
  const set = (change: Partial<NoticeDraft>) => setDraft((before) => ({ ...before, ...change }));
  const save = useMutation({
    mutationFn: () => ask(api.PUT("/api/v1/notices", { body: changeOf(draft, kept.settings) })),
    onSuccess: (now) => {
      queries.setQueryData(noticesQuery.queryKey, now);
      set({ password: "", secret: "" });
      toast.done(words("saved"));
    },
  });
  const text = (name: "server" | "user" | "from" | "url" | "zone" | "digest") => ({
    value: draft[name],
    autoComplete: "off",
    onChange: (event: { currentTarget: { value: string } }) => set({ [name]: event.currentTarget.value }),
  });
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <Paper p="lg" component="form" onSubmit={submit}>
      <CardTitle title={t("notices")} />
      <Text size="sm" c="dimmed" mb="md">
        {t("noticesText")}
      </Text>
      <Stack>
        <Fieldset legend={t("byMail")} disabled={!owner}>
          <SimpleGrid cols={{ base: 1, xs: 2 }}>
            <TextInput label={t("smtpServer")} placeholder="smtp.example.com" {...text("server")} />
            <NumberInput
              label={t("smtpPort")}
              inputWrapperOrder={BELOW}
              description={t("smtpPortText")}
              min={1}
              max={65_535}
              allowDecimal={false}
              value={draft.port}
              onChange={(port) => set({ port })}
            />
            <Select
              label={t("smtpTls")}
              allowDeselect={false}
              data={TLS.map((value) => ({ value, label: t(`tls_${value}`) }))}
              value={draft.tls}
              onChange={(value) => set({ tls: TLS.find((each) => each === value) ?? "starttls" })}
            />
            <TextInput label={t("smtpFrom")} placeholder="musubi@example.com" {...text("from")} />
            <TextInput
              label={t("smtpUser")}
              inputWrapperOrder={BELOW}
              description={t("smtpUserText")}
              {...text("user")}
            />
            <PasswordInput
              label={t("smtpPassword")}
              inputWrapperOrder={BELOW}
              description={t(kept.has_smtp_password ? "secretKept" : "secretMissing")}
              autoComplete="new-password"
              value={draft.password}
              onChange={(event) => set({ password: event.currentTarget.value })}
            />
          </SimpleGrid>
          <TagsInput
            mt="md"
            label={t("smtpTo")}
            inputWrapperOrder={BELOW}
            description={t("smtpToText")}
            maxTags={20}
            value={draft.to}
            onChange={(to) => set({ to })}
          />
        </Fieldset>
        <Fieldset legend={t("byWebhook")} disabled={!owner}>
          <SimpleGrid cols={{ base: 1, xs: 2 }}>
            <TextInput label={t("webhookUrl")} placeholder="https://" {...text("url")} />
            <PasswordInput
              label={t("webhookSecret")}
              inputWrapperOrder={BELOW}
              description={t(kept.has_webhook_secret ? "secretKept" : "webhookSecretMissing")}
              autoComplete="new-password"
              value={draft.secret}
              onChange={(event) => set({ secret: event.currentTarget.value })}
            />
          </SimpleGrid>
        </Fieldset>
        <Fieldset legend={t("whatIsTold")} disabled={!owner}>
          <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="xs" verticalSpacing="xs">
            {EVENTS.map((event) => (
              <Checkbox
                key={event}
                label={eventName(event)}
                checked={draft.events.includes(event)}
                onChange={({ currentTarget: { checked } }) =>
                  set({
                    events: EVENTS.filter((each) => (each === event ? checked : draft.events.includes(each))),
                  })
                }
              />
            ))}
          </SimpleGrid>
          <SimpleGrid cols={{ base: 1, xs: 3 }} mt="md">
            <TextInput
              type="time"
              label={t("digestAt")}
              inputWrapperOrder={BELOW}
              description={t("digestAtText")}
              {...text("digest")}
            />
            <TextInput
              label={t("zone")}
              inputWrapperOrder={BELOW}
              description={t("noticeZoneText")}
              {...text("zone")}
            />
            <Select
              label={t("language")}
              inputWrapperOrder={BELOW}
              description={t("noticeLanguageText")}
              allowDeselect={false}
              data={LANGUAGES}
              value={draft.language}
              onChange={(value) => set({ language: value === "ja" ? "ja" : "en" })}
            />
          </SimpleGrid>
        </Fieldset>
        <SaveAsOwner pending={save.isPending} error={save.error} />
      </Stack>
    </Paper>
  );
}
