import { Button, Group, Paper, Select, Stack } from "@mantine/core";
import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { api, ask, type Schema } from "../../api/client";
import { attentionQuery } from "../../api/queries";
import { heldIn, isHeld } from "../../look/deletion/held";
import { HeldDeletions } from "../../look/deletion/HeldDeletions";
import { EmptyState } from "../../look/EmptyState";
import { useFormat } from "../../look/format";
import { IconCircleCheck, IconRefresh } from "../../look/icons";
import { LinkButton } from "../../look/links";
import { ListState } from "../../look/ListState";
import { useMatterName } from "../../look/matterNames";
import { MoreButton } from "../../look/MoreButton";
import { useToast } from "../../shell/toast";
import { AttentionItem } from "./AttentionItem";
import { useTexts } from "./texts";

/** What waits for a person: what happened, what to do, try again. */
export function Attention({ integration }: { integration: Schema<"IntegrationStatus"> }) {
  const t = useTexts();
  const toast = useToast();
  const format = useFormat();
  const matterName = useMatterName();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const { name } = integration;
  const { code } = useSearch({ from: "/inside/integrations/$name" });
  const query = useInfiniteQuery(attentionQuery(name, code));
  // Held deletions are decided in lists of their own.
  const items = (query.data?.pages ?? []).flatMap((page) => page.items).filter((item) => !isHeld(item.code));
  const held = heldIn(integration.modules).filter((each) => code === undefined || each.code === code);
  const codes = new Set(
    integration.modules.flatMap(({ held, failed }) => [...Object.keys(held), ...Object.keys(failed)]),
  );
  if (code !== undefined) codes.add(code);

  const retried = async (body: Schema<"RetryRequest">) => {
    const params = { path: { name } };
    return (await ask(api.POST("/api/v1/integrations/{name}/attention/retry", { params, body }))).retried;
  };
  const retry = useMutation({
    mutationFn: async (ids: string[] | null) => {
      if (ids !== null) return retried({ ids });
      if (code !== undefined) return retried({ code });
      if (held.length === 0) return retried({});
      // All but the deletions: nobody deletes anything by trying the rest again.
      const counts = await Promise.all(
        [...codes].filter((each) => !isHeld(each)).map((each) => retried({ code: each })),
      );
      return counts.reduce((sum, count) => sum + count, 0);
    },
    onSuccess: (count) => {
      toast.done(t("retried", { count, n: format.count(count) }));
      void queries.invalidateQueries({ queryKey: ["integration", name, "attention"] });
    },
    onError: toast.problem,
  });
  return (
    <Stack gap="md">
      <Group justify="space-between" align="flex-end">
        <Select
          label={t("filterCode")}
          placeholder={t("any")}
          clearable
          w={280}
          maw="100%"
          value={code ?? null}
          onChange={(value) =>
            void navigate({
              to: "/integrations/$name",
              params: { name },
              search: { tab: "attention", ...(value === null ? {} : { code: value }) },
              replace: true,
            })
          }
          data={[...codes].sort().map((each) => ({ value: each, label: matterName(each) }))}
        />
        <Group gap="xs">
          {codes.has("conflict.held") && (
            <LinkButton variant="default" to="/conflicts" search={{ integration: name }}>
              {t("inbox")}
            </LinkButton>
          )}
          <Button
            variant="default"
            leftSection={<IconRefresh size={16} />}
            disabled={items.length === 0}
            loading={retry.isPending && retry.variables === null}
            onClick={() => retry.mutate(null)}
          >
            {t("retryAll")}
          </Button>
        </Group>
      </Group>
      {held.map((each) => (
        <HeldDeletions key={each.code} integration={integration} code={each.code} total={each.count} />
      ))}
      {(items.length > 0 || held.length === 0 || query.hasNextPage) && (
        <Paper style={{ overflow: "hidden" }}>
          <ListState
            query={query}
            items={items}
            empty={<EmptyState icon={<IconCircleCheck size={22} />} title={t("calm")} text={t("calmText")} />}
          >
            {(some) =>
              some.map((item, at) => (
                <AttentionItem
                  key={item.id}
                  item={item}
                  integration={integration}
                  first={at === 0}
                  pending={retry.isPending && retry.variables?.[0] === item.id}
                  onRetry={() => retry.mutate([item.id])}
                />
              ))
            }
          </ListState>
          <MoreButton query={query} />
        </Paper>
      )}
    </Stack>
  );
}
