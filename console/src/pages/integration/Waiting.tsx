import { Box, Paper, Text } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Fragment } from "react";
import type { Schema } from "../../api/client";
import { waitingQuery } from "../../api/queries";
import { Ago } from "../../look/Ago";
import { EmptyState } from "../../look/EmptyState";
import { IconCircleCheck } from "../../look/icons";
import { LinkText } from "../../look/links";
import { ListState } from "../../look/ListState";
import { MoreButton } from "../../look/MoreButton";
import { useModuleName } from "../../look/names";
import { useTexts } from "./texts";

interface Props {
  integration: Schema<"IntegrationStatus">;
  module: string | undefined;
}

/** Records that wait for the record they point to, each with what it waits for. Nobody has to do anything. */
export function Waiting({ integration, module }: Props) {
  const t = useTexts();
  const { name } = integration;
  const query = useInfiniteQuery(waitingQuery(name, module));
  const records = query.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Paper component="section" aria-label={t("waitingRecords")} style={{ overflow: "hidden" }}>
      <ListState
        query={query}
        items={records}
        empty={<EmptyState icon={<IconCircleCheck size={22} />} title={t("noneWaits")} />}
      >
        {(some) => (
          <>
            <Text size="sm" c="dimmed" px="md" pt="md">
              {t("waitingText")}
            </Text>
            {some.map((record, at) => (
              <Box
                key={`${record.module} ${record.side} ${record.id}`}
                p="md"
                {...(at > 0 ? { style: { borderTop: "1px solid var(--line)" } } : {})}
              >
                <One name={name} record={record} on={integration[record.side]} />
              </Box>
            ))}
          </>
        )}
      </ListState>
      <MoreButton query={query} />
    </Paper>
  );
}

/** One record, the org that it is in, and what it waits for there. */
function One({ name, record, on }: { name: string; record: Schema<"WaitingRecord">; on: string }) {
  const t = useTexts();
  const moduleName = useModuleName();
  const { side } = record;
  const page = (module: string, id: string, label: string | null) => (
    <LinkText
      fw={600}
      to="/integrations/$name/$module/$leftId"
      params={{ name, module, leftId: id }}
      search={side === "right" ? { side } : {}}
    >
      {label ?? id}
    </LinkText>
  );
  return (
    <>
      <Text size="sm" c="dimmed" component="div">
        {page(record.module, record.id, record.label)}
        {` · ${moduleName(record.module)} · ${on}`}
      </Text>
      <Text size="sm" mt={2} component="div">
        {t("waitsForRecord")}{" "}
        {record.parents.map((parent, at) => (
          <Fragment key={parent.id}>
            {at > 0 && ", "}
            {parent.module === null ? (
              (parent.label ?? parent.id)
            ) : (
              <>
                {moduleName(parent.module)} {page(parent.module, parent.id, parent.label)}
              </>
            )}
          </Fragment>
        ))}
      </Text>
      {record.since !== null && (
        <Text size="xs" c="dimmed" mt={4} component="div">
          {t("waitsSince")} <Ago at={record.since} />
        </Text>
      )}
    </>
  );
}
