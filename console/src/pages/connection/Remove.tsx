import { ActionIcon, List, Tooltip } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { api, ask, type Schema } from "../../api/client";
import { ConfirmDialog } from "../../look/ConfirmDialog";
import { IconTrash } from "../../look/icons";
import { LinkText } from "../../look/links";
import { useWords } from "../../look/words";
import { useTexts } from "./texts";

/** Removes a connection; what depends on it is named first. */
export function Remove({ connection }: { connection: Schema<"Connection"> }) {
  const t = useTexts();
  const words = useWords();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const [asking, { open, close }] = useDisclosure();
  const { name, integrations } = connection;
  const remove = useMutation({
    mutationFn: () => ask(api.DELETE("/api/v1/connections/{name}", { params: { path: { name } } })),
    onSuccess: async () => {
      await navigate({ to: "/connections" });
      void queries.invalidateQueries({ queryKey: ["connections"] });
    },
  });
  const used = (
    <>
      {t("inUse")}
      <List size="sm" mt="xs">
        {integrations.map((each) => (
          <List.Item key={each}>
            <LinkText to="/integrations/$name" params={{ name: each }} size="sm">
              {each}
            </LinkText>
          </List.Item>
        ))}
      </List>
    </>
  );
  return (
    <>
      <Tooltip label={t("remove")}>
        <ActionIcon variant="default" size={36} aria-label={t("remove")} onClick={open}>
          <IconTrash size={16} />
        </ActionIcon>
      </Tooltip>
      <ConfirmDialog
        opened={asking}
        title={t("removeTitle", { name })}
        text={integrations.length === 0 ? t("removeText") : used}
        action={words("remove")}
        name={name}
        blocked={integrations.length > 0}
        pending={remove.isPending}
        error={remove.error}
        onClose={close}
        onConfirm={() => remove.mutate()}
      />
    </>
  );
}
