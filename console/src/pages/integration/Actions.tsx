import { ActionIcon, Button, Menu } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { api, ask, type Schema } from "../../api/client";
import { statusQuery } from "../../api/queries";
import { ConfirmDialog } from "../../look/ConfirmDialog";
import { IconDotsVertical, IconPlayerPause, IconPlayerPlay, IconRefresh, IconTrash } from "../../look/icons";
import { useWords } from "../../look/words";
import { useMay } from "../../shell/session";
import { useToast } from "../../shell/toast";
import { useTexts } from "./texts";

/** Pause and resume; compare everything again; remove. */
export function Actions({ integration }: { integration: Schema<"IntegrationStatus"> }) {
  const t = useTexts();
  const words = useWords();
  const toast = useToast();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const [asking, { open, close }] = useDisclosure();
  const may = useMay("admin");
  const { name } = integration;
  const params = { params: { path: { name } } };
  const paused = integration.state === "paused";

  const take = (changed: Schema<"IntegrationStatus">) => {
    queries.setQueryData(
      statusQuery.queryKey,
      (report) =>
        report && {
          ...report,
          integrations: report.integrations.map((each) => (each.name === name ? changed : each)),
        },
    );
  };
  const toggle = useMutation({
    mutationFn: () =>
      paused
        ? ask(api.POST("/api/v1/integrations/{name}/resume", params))
        : ask(api.POST("/api/v1/integrations/{name}/pause", params)),
    onSuccess: (changed) => {
      take(changed);
      toast.done(t(paused ? "resumed" : "paused"));
    },
    onError: toast.problem,
  });
  const fullPass = useMutation({
    mutationFn: () => ask(api.POST("/api/v1/integrations/{name}/full-pass", params)),
    onSuccess: (changed) => {
      take(changed);
      toast.done(t("fullPassDone"));
    },
    onError: toast.problem,
  });
  const remove = useMutation({
    mutationFn: () => ask(api.DELETE("/api/v1/integrations/{name}", params)),
    onSuccess: async () => {
      await navigate({ to: "/integrations" });
      void queries.invalidateQueries();
    },
  });
  if (!may) return null;
  return (
    <>
      <Button
        variant={paused ? "filled" : "default"}
        leftSection={paused ? <IconPlayerPlay size={16} /> : <IconPlayerPause size={16} />}
        loading={toggle.isPending}
        onClick={() => toggle.mutate()}
      >
        {t(paused ? "resume" : "pause")}
      </Button>
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon variant="default" size={36} aria-label={t("more")}>
            <IconDotsVertical size={17} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconRefresh size={16} />} onClick={() => fullPass.mutate()}>
            {t("fullPass")}
          </Menu.Item>
          <Menu.Item c="var(--danger)" leftSection={<IconTrash size={16} />} onClick={open}>
            {t("remove")}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <ConfirmDialog
        opened={asking}
        title={t("removeTitle", { name })}
        text={t("removeText")}
        action={words("remove")}
        name={name}
        pending={remove.isPending}
        error={remove.error}
        onClose={close}
        onConfirm={() => remove.mutate()}
      />
    </>
  );
}
