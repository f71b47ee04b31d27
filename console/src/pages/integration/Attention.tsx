import { Box, Button, Group, Paper, Select, Stack } from "@mantine/core";
import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { api, ask, type Schema } from "../../api/client";
import { attentionQuery } from "../../api/queries";
import { attentionCsv, waitingCsv } from "../../api/tables";
import { AttentionItem } from "../../look/attention";
import { heldIn, isHeld } from "../../look/deletion/held";
import { HeldDeletions } from "../../look/deletion/HeldDeletions";
import { EmptyState } from "../../look/EmptyState";
import { useFormat } from "../../look/format";
import { IconCircleCheck, IconDownload, IconRefresh } from "../../look/icons";
import { LinkButton } from "../../look/links";
import { ListState } from "../../look/ListState";
import { useMatterName } from "../../look/matterNames";
import { MoreButton } from "../../look/MoreButton";
import { WAITS } from "../../look/standing";
import { TypedFilter } from "../../look/TypedFilter";
import { useToast } from "../../shell/toast";
import { ByReason } from "./ByReason";
import { ModuleFilter, useFilters } from "./filters";
import { useTexts } from "./texts";
import { Waiting } from "./Waiting";

/** What waits for a person: by module, by reason, by record; what happened, what to do, try again. */
export function Attention({ integration }: { integration: Schema<"IntegrationStatus"> }) {
  const t = useTexts();
  const toast = useToast();
  const format = useFormat();
  const matterName = useMatterName();
  const queries = useQueryClient();
  const { name } = integration;
  const { said, filter } = useFilters(name, "attention");
  const { code, module, record } = said;
  // What waits for another record waits for no person: a list of its own, of which nothing is retried.
  const waits = code === WAITS;
  const query = useInfiniteQuery({ ...attentionQuery(name, { module, code, record }), enabled: !waits });
  const narrowed = module !== undefined || record !== undefined;
  // Held deletions are decided in lists of their own, unless one module or one record is looked at.
  const items = (query.data?.pages ?? [])
    .flatMap((page) => page.items)
    .filter((item) => narrowed || !isHeld(item.code));
  const held = narrowed
    ? []
    : heldIn(integration.modules).filter((each) => code === undefined || each.code === code);
  const codes = new Set(
    integration.modules.flatMap(({ held, failed }) => [...Object.keys(held), ...Object.keys(failed)]),
  );
  if (code !== undefined) codes.add(code);
  const retried = async (body: Schema<"RetryRequest">) => {
    const params = { path: { name } };
    return (await ask(api.POST("/api/v1/integrations/{name}/attention/retry", { params, body }))).retried;
  };
  const retry = useMutation({
    mutationFn: (ids: string[] | null) => {
      if (ids !== null) return retried({ ids });
      // Nobody deletes anything by trying the rest again: what the hub is not told by name, it leaves such deletions out of.
      if (narrowed) return retried({ ids: items.filter((item) => !isHeld(item.code)).map(({ id }) => id) });
      return retried(code === undefined ? {} : { code });
    },
    onSuccess: (count) => {
      toast.done(t("retried", { count, n: format.count(count) }));
      void queries.invalidateQueries({ queryKey: ["integration", name, "attention"] });
    },
    onError: toast.problem,
  });
  return (
    <Stack gap="md">
      <ByReason
        modules={integration.modules}
        chosen={{ module, code }}
        onChoose={(chosen) => filter({ module: null, code: null, ...chosen })}
      />
      <Group justify="space-between" align="flex-end">
        <Group gap="sm" align="flex-end" w={{ base: "100%", xs: "auto" }}>
          <ModuleFilter
            integration={integration}
            value={module}
            onChange={(value) => filter({ module: value })}
          />
          <Select
            label={t("filterCode")}
            placeholder={t("any")}
            clearable
            w={{ base: "100%", xs: 260 }}
            maw="100%"
            value={code ?? null}
            onChange={(value) => filter({ code: value })}
            data={[...codes].sort().map((each) => ({ value: each, label: matterName(each) }))}
          />
          <TypedFilter
            label={t("filterRecord")}
            w={{ base: "100%", xs: 210 }}
            value={record ?? ""}
            onChange={(typed) => filter({ record: typed })}
          />
        </Group>
        <Group gap="xs">
          {codes.has("conflict.held") && (
            <LinkButton variant="default" to="/conflicts" search={{ integration: name }}>
              {t("inbox")}
            </LinkButton>
          )}
          <Button
            component="a"
            variant="default"
            leftSection={<IconDownload size={16} />}
            href={waits ? waitingCsv(name, module) : attentionCsv(name, { module, code, record })}
            download={`${name}-${waits ? "waiting" : "attention"}.csv`}
          >
            {t("csv")}
          </Button>
          <Button
            variant="default"
            leftSection={<IconRefresh size={16} />}
            disabled={items.length === 0}
            loading={retry.isPending && retry.variables === null}
            onClick={() => retry.mutate(null)}
          >
            {t(narrowed ? "retryShown" : "retryAll")}
          </Button>
        </Group>
      </Group>
      {held.map((each) => (
        <HeldDeletions key={each.code} integration={integration} code={each.code} total={each.count} />
      ))}
      {waits && <Waiting integration={integration} module={module} />}
      {!waits && (items.length > 0 || held.length === 0 || query.hasNextPage) && (
        <Paper style={{ overflow: "hidden" }}>
          <ListState
            query={query}
            items={items}
            empty={
              narrowed || code !== undefined ? (
                <EmptyState icon={<IconCircleCheck size={22} />} title={t("noMatter")} />
              ) : (
                <EmptyState icon={<IconCircleCheck size={22} />} title={t("calm")} text={t("calmText")} />
              )
            }
          >
            {(some) => (
              <Box>
                {some.map((item, at) => (
                  <AttentionItem
                    key={item.id}
                    item={item}
                    names={{ left: integration.left, right: integration.right }}
                    first={at === 0}
                    pending={retry.isPending && retry.variables?.[0] === item.id}
                    onRetry={() => retry.mutate([item.id])}
                  />
                ))}
              </Box>
            )}
          </ListState>
          <MoreButton query={query} />
        </Paper>
      )}
    </Stack>
  );
}
