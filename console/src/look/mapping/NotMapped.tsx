import { Box, Button, Collapse, Group, SimpleGrid, Text, Title } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { memo } from "react";
import type { Schema } from "../../api/client";
import { useFormat } from "../format";
import { IconChevronDown } from "../icons";
import { FieldCell } from "./FieldCell";
import { SIDES, type Side } from "./pairs";
import { useReason } from "./reasons";
import { useTexts } from "./texts";

interface Props {
  names: { left: string; right: string };
  fields: { left: Map<string, Schema<"Field">>; right: Map<string, Schema<"Field">> };
  unmapped: Schema<"UnmappedBySide">;
  sample: Schema<"PreviewedRecord"> | undefined;
  readOnly: boolean;
  onPick: (side: Side, field: string) => void;
}

/** What nobody mapped can be mapped; what cannot be is out of the way, with the reason. */
const OPEN = ["field.not_chosen", "field.no_counterpart", "field.types_differ"];

/** The fields of both sides that are in no pair, and why. */
export function NotMapped({ names, fields, unmapped, sample, readOnly, onPick }: Props) {
  const t = useTexts();
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="lg">
      {SIDES.map((side) => (
        <section key={side} aria-label={t("notMappedOf", { name: names[side] })}>
          <Title order={4} fz="sm" mb={4}>
            {names[side]}
          </Title>
          <List
            side={side}
            items={unmapped[side]}
            fields={fields[side]}
            sample={sample?.[side] ?? undefined}
            readOnly={readOnly}
            onPick={onPick}
          />
        </section>
      ))}
    </SimpleGrid>
  );
}

interface ListProps {
  side: Side;
  items: Schema<"Unmapped">[];
  fields: Map<string, Schema<"Field">>;
  sample: Schema<"PreviewedSide"> | undefined;
  readOnly: boolean;
  onPick: (side: Side, field: string) => void;
}

function List({ side, items, fields, sample, readOnly, onPick }: ListProps) {
  const t = useTexts();
  const format = useFormat();
  const [opened, { toggle }] = useDisclosure();
  const open = items.filter(({ reason, blocks }) => blocks || OPEN.includes(reason));
  const closed = items.filter((item) => !open.includes(item));
  open.sort((a, b) => Number(b.blocks) - Number(a.blocks));
  const rows = (some: Schema<"Unmapped">[], pickable: boolean) =>
    some.map((item) => (
      <Row
        key={item.field}
        side={side}
        item={item}
        field={fields.get(item.field)}
        sample={sample}
        {...(pickable && !readOnly ? { onPick } : {})}
      />
    ));
  if (items.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        {t("allMapped")}
      </Text>
    );
  }
  return (
    <>
      {rows(open, true)}
      {closed.length > 0 && (
        <>
          <Button
            variant="subtle"
            size="compact-sm"
            color="gray"
            mt={6}
            aria-expanded={opened}
            rightSection={<IconChevronDown size={14} style={{ rotate: opened ? "180deg" : "none" }} />}
            onClick={toggle}
          >
            {t("cannot", { count: closed.length, n: format.count(closed.length) })}
          </Button>
          <Collapse expanded={opened}>{opened && rows(closed, false)}</Collapse>
        </>
      )}
    </>
  );
}

interface RowProps {
  side: Side;
  item: Schema<"Unmapped">;
  field: Schema<"Field"> | undefined;
  sample: Schema<"PreviewedSide"> | undefined;
  onPick?: (side: Side, field: string) => void;
}

const Row = memo(function Row({ side, item, field, sample, onPick }: RowProps) {
  const t = useTexts();
  const reason = useReason();
  const label = field?.label ?? item.field;
  return (
    <Group
      justify="space-between"
      align="flex-start"
      wrap="nowrap"
      py={8}
      style={{ borderTop: "1px solid var(--line)" }}
    >
      <Box miw={0} flex={1}>
        <FieldCell
          field={field}
          name={item.field}
          blocks={item.blocks}
          {...(sample === undefined || field?.type === "other"
            ? {}
            : { sample: sample.values[item.field] ?? null })}
        />
        <Text size="xs" mt={2} c={item.blocks ? "var(--danger)" : "dimmed"}>
          {item.blocks ? t("blocks") : reason(item.reason)}
        </Text>
      </Box>
      {onPick && (
        <Button
          variant="default"
          size="compact-sm"
          style={{ flexShrink: 0 }}
          aria-label={t("mapOf", { field: label })}
          onClick={() => onPick(side, item.field)}
        >
          {t("map")}
        </Button>
      )}
    </Group>
  );
});
