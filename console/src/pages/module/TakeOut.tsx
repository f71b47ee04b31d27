import { Button, Group, List, Paper, Stack, Text, Title } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { api, ask } from "../../api/client";
import { asProblem } from "../../api/problem";
import { integrationQuery, rememberedQuery, statusQuery } from "../../api/queries";
import { useChange } from "../../look/change";
import { ConfirmDialog } from "../../look/ConfirmDialog";
import { useFormat } from "../../look/format";
import { IconUnlink } from "../../look/icons";
import { useChildren } from "../../look/mapping/leads";
import { isSame, type Draft } from "../../look/mapping/pairs";
import { useModuleName, usePairName } from "../../look/names";
import { useToast } from "../../shell/toast";
import { useTexts } from "./texts";

interface Props {
  name: string;
  /** All pairs as the hub has them, and the place of this one. */
  draft: Draft;
  /** Something is changed and not saved. */
  dirty: boolean;
}

/** Takes the pair out of its integration, after it was said what stays (S2-49) and whether others need it (S2-50). */
export function TakeOut({ name, draft, dirty }: Props) {
  const t = useTexts();
  const format = useFormat();
  const toast = useToast();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const pairName = usePairName();
  const moduleName = useModuleName();
  const [asking, { open, close }] = useDisclosure();
  const { modules, at } = draft;
  const pair = modules[at] ?? { left: "", right: "" };
  const rest = modules.filter((_, place) => place !== at);
  const params = { path: { name } };
  const only = rest.length === 0;
  const change = useChange(name, rest, asking && !only);
  const needed = change.error !== null && asProblem(change.error).code === "module.needed";
  const children = useChildren(draft, needed);
  const { data: links } = useQuery({
    ...statusQuery,
    select: ({ integrations }) =>
      integrations.find((each) => each.name === name)?.modules.find((module) => isSame(module, pair))?.links,
  });
  const take = useMutation({
    mutationFn: () => ask(api.PATCH("/api/v1/integrations/{name}", { params, body: { modules: rest } })),
    onSuccess: async (changed) => {
      toast.done(t("takenOut", { pair: pairName(pair.left, pair.right) }));
      await navigate({ to: "/integrations/$name", params: { name } });
      queries.setQueryData(integrationQuery(name).queryKey, changed);
      void queries.invalidateQueries({ queryKey: statusQuery.queryKey });
      void queries.invalidateQueries({ queryKey: rememberedQuery.queryKey });
    },
  });
  const leave = () => {
    take.reset();
    close();
  };
  return (
    <Paper p={{ base: "md", sm: "lg" }} component="section" aria-label={t("takeOutTitle")}>
      <Group justify="space-between" gap="sm">
        <div style={{ flex: "1 1 320px" }}>
          <Title order={2}>{t("takeOutTitle")}</Title>
          <Text size="sm" c="dimmed">
            {t(dirty ? "takeOutDirty" : "takeOutShort")}
          </Text>
        </div>
        <Button variant="default" leftSection={<IconUnlink size={16} />} disabled={dirty} onClick={open}>
          {t("takeOut")}
        </Button>
      </Group>
      <ConfirmDialog
        opened={asking}
        title={t("takeOutOf", { pair: pairName(pair.left, pair.right), name })}
        text={
          <Stack gap="xs">
            <span>{t(only ? "takeOutOnly" : "takeOutText")}</span>
            {!only && links !== undefined && links > 0 && (
              <span>{t("takeOutLinks", { count: links, n: format.count(links) })}</span>
            )}
            {children.length > 0 && (
              <List size="sm">
                {children.map(({ module, fields }) => (
                  <List.Item key={module}>
                    {t("neededBy", { module: moduleName(module), fields: fields.join(", ") })}
                  </List.Item>
                ))}
              </List>
            )}
          </Stack>
        }
        action={t("takeOut")}
        blocked={only || needed}
        pending={take.isPending || (change.isPending && !only)}
        error={take.error ?? (needed ? change.error : null)}
        onClose={leave}
        onConfirm={() => take.mutate()}
      />
    </Paper>
  );
}
