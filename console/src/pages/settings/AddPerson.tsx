import { Button, Modal, PasswordInput, Select, Stack, Text, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type SyntheticEvent } from "react";
import { api, ask, type Schema } from "../../api/client";
import { ProblemError } from "../../api/problem";
import { membersQuery } from "../../api/queries";
import { Problem } from "../../look/Problem";
import { useWords } from "../../look/words";
import { useMay } from "../../shell/session";
import { useTexts } from "./texts";

const EMPTY: Schema<"NewMember"> = { name: "", email: "", role: "user", password: "" };

export function AddPerson({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const t = useTexts();
  const words = useWords();
  const queries = useQueryClient();
  const owner = useMay("owner");
  const [form, setForm] = useState(EMPTY);
  const add = useMutation({
    mutationFn: () => ask(api.POST("/api/v1/members", { body: form })),
    onSuccess: () => {
      setForm(EMPTY);
      onClose();
      return queries.invalidateQueries({ queryKey: membersQuery.queryKey });
    },
  });
  const problem = add.error instanceof ProblemError ? add.error : null;
  const field = (name: "name" | "email" | "password") => ({
    required: true,
    withAsterisk: false,
    value: form[name],
    error: problem?.field(name),
    onChange: (event: { currentTarget: { value: string } }) => {
      const { value } = event.currentTarget;
      setForm((before) => ({ ...before, [name]: value }));
    },
  });
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    add.mutate();
  };
  const roles: Schema<"Role">[] = owner ? ["user", "admin", "owner"] : ["user", "admin"];
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={<b>{t("addPerson")}</b>}
      closeButtonProps={{ "aria-label": words("close") }}
    >
      <form onSubmit={submit}>
        <Stack>
          <TextInput data-autofocus label={t("name")} autoComplete="off" {...field("name")} />
          <TextInput type="email" label={t("email")} autoComplete="off" {...field("email")} />
          <Select
            label={t("role")}
            allowDeselect={false}
            value={form.role}
            onChange={(role) => setForm((before) => ({ ...before, role: role as Schema<"Role"> }))}
            data={roles.map((role) => ({ value: role, label: words(`role.${role}`) }))}
          />
          <PasswordInput
            label={t("firstPassword")}
            description={t("passwordText")}
            autoComplete="new-password"
            minLength={12}
            {...field("password")}
          />
          <Text size="sm" c="dimmed">
            {t("addPersonText")}
          </Text>
          {problem && <Problem error={problem} />}
          <Button type="submit" loading={add.isPending}>
            {t("addPerson")}
          </Button>
        </Stack>
      </form>
    </Modal>
  );
}
