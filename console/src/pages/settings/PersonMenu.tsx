import { ActionIcon, Button, Menu, Modal, PasswordInput, Stack } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type SyntheticEvent } from "react";
import { api, ask, type Schema } from "../../api/client";
import { membersQuery } from "../../api/queries";
import { ConfirmDialog } from "../../look/ConfirmDialog";
import { IconDotsVertical } from "../../look/icons";
import { Problem } from "../../look/Problem";
import { useWords } from "../../look/words";
import { useMay } from "../../shell/session";
import { useToast } from "../../shell/toast";
import { useTexts } from "./texts";

const ROLES = ["owner", "admin", "user"] as const;

/** What may be done about a person; only owners make owners. */
export function PersonMenu({ member, own }: { member: Schema<"Member">; own: boolean }) {
  const t = useTexts();
  const words = useWords();
  const toast = useToast();
  const queries = useQueryClient();
  const owner = useMay("owner");
  const [removing, remover] = useDisclosure();
  const [setting, setter] = useDisclosure();
  const [password, setPassword] = useState("");
  const params = { params: { path: { id: member.id } } };
  const refresh = () => queries.invalidateQueries({ queryKey: membersQuery.queryKey });
  const change = useMutation({
    mutationFn: (body: Schema<"MemberChange">) => ask(api.PATCH("/api/v1/members/{id}", { ...params, body })),
    onSuccess: () => {
      toast.done(words("saved"));
      setter.close();
      setPassword("");
      return refresh();
    },
    onError: (error, body) => {
      if (body.password === undefined) toast.problem(error);
    },
  });
  const remove = useMutation({
    mutationFn: () => ask(api.DELETE("/api/v1/members/{id}", params)),
    onSuccess: () => {
      remover.close();
      return refresh();
    },
  });
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    change.mutate({ password });
  };
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" aria-label={t("actionsFor", { name: member.name })}>
            <IconDotsVertical size={16} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {ROLES.filter(
            (role) => role !== member.role && (owner || (role !== "owner" && member.role !== "owner")),
          ).map((role) => (
            <Menu.Item key={role} onClick={() => change.mutate({ role })}>
              {t("makeRole", { role: words(`role.${role}`) })}
            </Menu.Item>
          ))}
          {!own && <Menu.Item onClick={setter.open}>{t("resetPassword")}</Menu.Item>}
          {!own && (
            <Menu.Item onClick={() => change.mutate({ active: !member.active })}>
              {t(member.active ? "deactivate" : "activate")}
            </Menu.Item>
          )}
          <Menu.Item c="var(--danger)" onClick={remover.open}>
            {t("removePerson")}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <ConfirmDialog
        opened={removing}
        title={t("removePersonTitle", { name: member.name })}
        text={t("removePersonText")}
        action={t("removePerson")}
        pending={remove.isPending}
        error={remove.error}
        onClose={remover.close}
        onConfirm={() => remove.mutate()}
      />
      <Modal
        opened={setting}
        onClose={setter.close}
        title={<b>{t("resetPassword")}</b>}
        closeButtonProps={{ "aria-label": words("close") }}
      >
        <form onSubmit={submit}>
          <Stack>
            <PasswordInput
              data-autofocus
              label={t("newPassword")}
              description={t("passwordText")}
              autoComplete="new-password"
              value={password}
              onChange={(event) => setPassword(event.currentTarget.value)}
            />
            {change.isError && <Problem error={change.error} />}
            <Button type="submit" disabled={password.length < 12} loading={change.isPending}>
              {words("save")}
            </Button>
          </Stack>
        </form>
      </Modal>
    </>
  );
}
