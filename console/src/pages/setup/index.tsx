import { Button, PasswordInput, Stack, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState, type SyntheticEvent } from "react";
import { api, ask } from "../../api/client";
import { ProblemError } from "../../api/problem";
import { Problem } from "../../look/Problem";
import { currentLanguage } from "../../look/texts";
import { Doorway } from "../../shell/Doorway";
import { useEnter } from "../../shell/session";
import { useTexts } from "./texts";

const LEAST = 12;

/** `/setup`: the first owner, proven by the code that the hub printed. */
export function SetupPage() {
  const t = useTexts();
  const enter = useEnter();
  const navigate = useNavigate();
  const [form, setForm] = useState({ code: "", name: "", email: "", password: "" });
  const setUp = useMutation({
    mutationFn: () => ask(api.POST("/api/v1/setup", { body: { ...form, language: currentLanguage() } })),
    onSuccess: async (session) => {
      enter(session);
      await navigate({ to: "/", replace: true });
    },
  });
  const problem = setUp.error instanceof ProblemError ? setUp.error : null;
  const field = (name: keyof typeof form) => ({
    name,
    required: true,
    withAsterisk: false,
    value: form[name],
    error: problem?.field(name),
    onChange: (event: { currentTarget: { value: string } }) => {
      const { value } = event.currentTarget;
      setForm((before) => ({ ...before, [name]: value }));
    },
  });
  const missing = LEAST - form.password.length;
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    if (missing <= 0) setUp.mutate();
  };
  return (
    <Doorway title={t("title")} text={t("text")}>
      <form onSubmit={submit}>
        <Stack>
          {problem && <Problem error={problem} />}
          <TextInput
            label={t("code")}
            description={t("codeText")}
            autoComplete="off"
            autoFocus
            {...field("code")}
          />
          <TextInput label={t("name")} autoComplete="name" {...field("name")} />
          <TextInput label={t("email")} type="email" autoComplete="username" {...field("email")} />
          <PasswordInput
            label={t("password")}
            description={t("passwordText")}
            autoComplete="new-password"
            minLength={LEAST}
            {...field("password")}
            error={
              form.password !== "" && missing > 0
                ? t("tooShort", { count: missing })
                : problem?.field("password")
            }
          />
          <Button type="submit" size="md" loading={setUp.isPending} disabled={missing > 0}>
            {t("submit")}
          </Button>
        </Stack>
      </form>
    </Doorway>
  );
}
