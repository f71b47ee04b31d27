import { Button, PasswordInput, Stack, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState, type SyntheticEvent } from "react";
import { api, ask } from "../../api/client";
import { Problem } from "../../look/Problem";
import { Doorway } from "../../shell/Doorway";
import { useEnter } from "../../shell/session";
import { useTexts } from "./texts";

/** `/login`: e-mail address and password; afterwards to where one wanted to go. */
export function LoginPage() {
  const t = useTexts();
  const enter = useEnter();
  const navigate = useNavigate();
  const { next } = useSearch({ from: "/login" });
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const login = useMutation({
    mutationFn: () => ask(api.POST("/api/v1/session", { body: { email: email.trim(), password } })),
    onSuccess: async (session) => {
      enter(session);
      await navigate({ href: next ?? "/", replace: true });
    },
    onError: () => setPassword(""),
  });
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    login.mutate();
  };
  return (
    <Doorway title={t("title")} text={t("text")}>
      <form onSubmit={submit}>
        <Stack>
          {login.isError && <Problem error={login.error} />}
          <TextInput
            label={t("email")}
            type="email"
            name="email"
            autoComplete="username"
            autoFocus
            required
            withAsterisk={false}
            value={email}
            onChange={(event) => setEmail(event.currentTarget.value)}
          />
          <PasswordInput
            label={t("password")}
            name="password"
            autoComplete="current-password"
            required
            withAsterisk={false}
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
          />
          <Button type="submit" size="md" loading={login.isPending}>
            {t("submit")}
          </Button>
        </Stack>
      </form>
    </Doorway>
  );
}
