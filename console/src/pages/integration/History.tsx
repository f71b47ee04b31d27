import { Box, Button, Group, Paper, Select, Stack, Timeline } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import type { Schema } from "../../api/client";
import { historyQuery } from "../../api/queries";
import { EmptyState } from "../../look/EmptyState";
import { IconHistory, IconX } from "../../look/icons";
import { Entry } from "../../look/journal/Entry";
import { LinkText } from "../../look/links";
import { ListState } from "../../look/ListState";
import { MoreButton } from "../../look/MoreButton";
import { useModuleName } from "../../look/names";
import { periodOf, useSince } from "../../look/period";
import { TypedFilter } from "../../look/TypedFilter";
import { UndoPeriod } from "../../look/undo/UndoPeriod";
import { ModuleFilter, PeriodFilter, useFilters } from "./filters";
import { useTexts } from "./texts";

const KINDS: Schema<"JournalKind">[] = [
  "created",
  "updated",
  "deleted",
  "linked",
  "untied",
  "untied_edited",
  "untied_related",
  "merged",
  "converted",
  "revived",
  "conflict_skipped",
  "sent_unanswered",
  "decided",
  "unlinked",
  "undone",
  "attached",
];

/** What stands in the address is a time, or nothing. */
function time(text: string | undefined): number | undefined {
  const number = Number(text);
  return text !== undefined && Number.isSafeInteger(number) ? number : undefined;
}

/** Everything that was written, newest first, in sentences. */
export function History({ integration }: { integration: Schema<"IntegrationStatus"> }) {
  const t = useTexts();
  const moduleName = useModuleName();
  const { name } = integration;
  const { said, filter } = useFilters(name, "history");
  const { module, record, since, until } = said;
  const kind = KINDS.find((each) => each === said.kind);
  const stretch = time(since) !== undefined || time(until) !== undefined;
  // Of one record, everything is of interest.
  const period = periodOf(said.period ?? (record === undefined ? undefined : "all"));
  const last = useSince(period);
  const shown = { module, since: stretch ? time(since) : last, until: time(until) };
  const query = useInfiniteQuery(historyQuery(name, { ...shown, kind, record }));
  const entries = query.data?.pages.flatMap((page) => page.items) ?? [];
  const filtered = module !== undefined || kind !== undefined || record !== undefined || stretch;
  const none = filtered
    ? { title: t("noHistoryFilter") }
    : period === "all"
      ? { title: t("noHistory"), text: t("noHistoryText") }
      : { title: t("noHistoryLately"), text: t("noHistoryLatelyText") };
  return (
    <Stack gap="md">
      <Group gap="sm" align="flex-end">
        {!stretch && <PeriodFilter value={period} onChange={(value) => filter({ period: value })} />}
        <ModuleFilter
          integration={integration}
          value={module}
          onChange={(value) => filter({ module: value })}
        />
        <Select
          label={t("filterKind")}
          placeholder={t("any")}
          clearable
          w={{ base: "100%", xs: 170 }}
          value={kind ?? null}
          onChange={(value) => filter({ kind: value })}
          data={KINDS.map((each) => ({ value: each, label: t(`kind_${each}`) }))}
        />
        <TypedFilter
          label={t("filterRecord")}
          w={{ base: "100%", xs: 210 }}
          value={record ?? ""}
          onChange={(typed) => filter({ record: typed })}
        />
        {stretch && (
          <Button
            variant="default"
            rightSection={<IconX size={14} />}
            aria-label={t("anyTime")}
            onClick={() => filter({ since: null, until: null })}
          >
            {t("ofRun")}
          </Button>
        )}
        <UndoPeriod integration={integration} {...shown} />
      </Group>
      <Paper p="md">
        <ListState
          query={query}
          items={entries}
          empty={<EmptyState icon={<IconHistory size={22} />} {...none} />}
        >
          {(items) => (
            <Timeline bulletSize={12} lineWidth={2} active={-1}>
              {items.map((entry) => (
                <Timeline.Item key={`${entry.module} ${entry.number}`}>
                  <Entry entry={entry} sides={integration}>
                    {entry.left_id !== null && (
                      <Box component="span">
                        {" · "}
                        {moduleName(entry.module)}
                        {" · "}
                        <LinkText
                          size="xs"
                          to="/integrations/$name/$module/$leftId"
                          params={{ name, module: entry.module, leftId: entry.left_id }}
                        >
                          {t("openRecord")}
                        </LinkText>
                      </Box>
                    )}
                  </Entry>
                </Timeline.Item>
              ))}
            </Timeline>
          )}
        </ListState>
        <MoreButton query={query} />
      </Paper>
    </Stack>
  );
}
