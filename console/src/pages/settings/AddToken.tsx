import { Button, Modal, Select, Stack, Text, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type SyntheticEvent } from "react";
import { api, ask, type Schema } from "../../api/client";
import { tokensQuery } from "../../api/queries";
import { CopyText } from "../../look/CopyText";
import { Problem } from "../../look/Problem";
import { useWords } from "../../look/words";
import { useTexts } from "./texts";

const SCOPES = ["read", "write", "admin"] as const;
const DAYS = [30, 90, 365];

/** Makes a token, and shows its secret this once. */
export function AddToken({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const t = useTexts();
  const words = useWords();
  const queries = useQueryClient();
  const [name, setName] = useState("");
  const [scope, setScope] = useState<Schema<"Scope">>("read");
  const [days, setDays] = useState(90);
  const add = useMutation({
    mutationFn: () =>
      ask(api.POST("/api/v1/tokens", { body: { name: name.trim(), scope, expires_in_days: days } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: tokensQuery.queryKey }),
  });
  const close = () => {
    onClose();
    setName("");
    add.reset();
  };
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    add.mutate();
  };
  return (
    <Modal
      opened={opened}
      onClose={close}
      // The secret is shown once: a click beside the dialog must not lose it.
      closeOnClickOutside={!add.isSuccess}
      title={<b>{t(add.isSuccess ? "secret" : "addToken")}</b>}
      closeButtonProps={{ "aria-label": words("close") }}
    >
      {add.isSuccess ? (
        <Stack>
          <Text size="sm">{t("secretText")}</Text>
          <CopyText text={add.data.secret} />
          <Button onClick={close}>{t("done")}</Button>
        </Stack>
      ) : (
        <form onSubmit={submit}>
          <Stack>
            <TextInput
              data-autofocus
              required
              withAsterisk={false}
              label={t("tokenName")}
              autoComplete="off"
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
            />
            <Select
              label={t("scope")}
              allowDeselect={false}
              value={scope}
              onChange={(value) => setScope(SCOPES.find((each) => each === value) ?? "read")}
              data={SCOPES.map((each) => ({ value: each, label: t(`scope.${each}`) }))}
            />
            <Select
              label={t("expires")}
              allowDeselect={false}
              value={String(days)}
              onChange={(value) => setDays(Number(value))}
              data={DAYS.map((each) => ({ value: String(each), label: t("days", { count: each }) }))}
            />
            {add.isError && <Problem error={add.error} />}
            <Button type="submit" loading={add.isPending}>
              {t("createToken")}
            </Button>
          </Stack>
        </form>
      )}
    </Modal>
  );
}
