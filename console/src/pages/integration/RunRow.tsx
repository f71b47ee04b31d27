import { ActionIcon, Badge, Box, Collapse, Group, SimpleGrid, Table, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import type { Schema } from "../../api/client";
import { Count } from "../../look/Count";
import { Figure } from "../../look/Figure";
import { useFormat } from "../../look/format";
import { IconChevronDown } from "../../look/icons";
import { usePairName } from "../../look/names";
import { countsOf, waysOf, type Column } from "./counts";
import { RunDetails } from "./RunDetails";
import { useTexts } from "./texts";

interface Props {
  run: Schema<"Run">;
  integration: Schema<"IntegrationStatus">;
  /** The numbers that are shown. */
  columns: Column[];
  narrow: boolean;
}

/** One run: a line of the table, or a block on a phone; it opens to show how its records came out. */
export function RunRow({ run, integration, columns, narrow }: Props) {
  const t = useTexts();
  const format = useFormat();
  const pair = usePairName();
  const [opened, { toggle }] = useDisclosure();
  const counts = countsOf(run);
  const title = pair(run.module, run.right_module);
  const about = t(`run_${run.kind}`);
  // Only what was refused is alarming: what is held waits as it was asked to.
  const alarms = (column: Column) => column === "failed" && counts.failed > 0;
  const open = (
    <ActionIcon
      variant="subtle"
      color="gray"
      aria-expanded={opened}
      aria-label={t("runOpen", { module: title, date: format.dateTime(run.started_at) })}
      onClick={toggle}
    >
      <IconChevronDown size={16} style={{ rotate: opened ? "180deg" : "none" }} />
    </ActionIcon>
  );
  const when = (
    <>
      <Text size="sm">{format.dateTime(run.started_at)}</Text>
      <Text size="xs" c="dimmed" component="div">
        {about}
        {run.ended_at === null && (
          <Badge ml={6} size="xs" variant="light" tt="none">
            {t("runGoesOn")}
          </Badge>
        )}
      </Text>
    </>
  );
  const details = <RunDetails run={run} integration={integration} />;
  if (narrow) {
    return (
      <Box
        p="md"
        component="section"
        aria-label={`${about}: ${title}`}
        style={{ borderTop: "1px solid var(--line)" }}
      >
        <Group justify="space-between" wrap="nowrap" align="flex-start">
          <Box miw={0}>
            <Text fw={600} size="sm">
              {title}
            </Text>
            {when}
          </Box>
          {open}
        </Group>
        <Box mt="xs">
          <Ways run={run} integration={integration} />
        </Box>
        <SimpleGrid cols={4} mt="xs" spacing="xs">
          {columns.map((column) => (
            <Figure
              key={column}
              width={0}
              label={t(`count_${column}`)}
              value={<Count value={counts[column]} />}
              {...(alarms(column) ? { color: "warning" as const } : {})}
            />
          ))}
        </SimpleGrid>
        <Collapse expanded={opened}>{opened && <Box mt="sm">{details}</Box>}</Collapse>
      </Box>
    );
  }
  return (
    <>
      <Table.Tr style={{ verticalAlign: "top" }}>
        <Table.Td>{when}</Table.Td>
        <Table.Th scope="row" fw={500}>
          {title}
        </Table.Th>
        <Table.Td>
          <Ways run={run} integration={integration} />
        </Table.Td>
        {columns.map((column) => (
          <Table.Td key={column} ta="right" {...(alarms(column) ? { c: "var(--warning)" } : {})}>
            <Count value={counts[column]} />
          </Table.Td>
        ))}
        <Table.Td>{open}</Table.Td>
      </Table.Tr>
      {opened && (
        <Table.Tr>
          <Table.Td colSpan={columns.length + 4} bg="var(--page)">
            {details}
          </Table.Td>
        </Table.Tr>
      )}
    </>
  );
}

/** Which way values went; the way of the module where nothing was written. */
function Ways({ run, integration }: { run: Schema<"Run">; integration: Schema<"IntegrationStatus"> }) {
  const t = useTexts();
  const format = useFormat();
  const ways = waysOf(run);
  const direction = integration.modules.find(({ left }) => left === run.module)?.direction ?? "both";
  const { left, right } = integration;
  if (ways.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        {direction === "both"
          ? `${left} ↔ ${right}`
          : direction === "left_to_right"
            ? `${left} → ${right}`
            : `${right} → ${left}`}
      </Text>
    );
  }
  return ways.map(({ from, added, updated }) => (
    <Text size="sm" key={from}>
      {from === "left" ? `${left} → ${right}` : `${right} → ${left}`}
      <Text span size="xs" c="dimmed" display="block">
        {[
          ...(added > 0 ? [t("wayAdded", { n: format.count(added) })] : []),
          ...(updated > 0 ? [t("wayUpdated", { n: format.count(updated) })] : []),
        ].join(" · ")}
      </Text>
    </Text>
  ));
}
