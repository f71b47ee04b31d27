import { ActionIcon, Box, Collapse, Group, SimpleGrid, Text, UnstyledButton } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useId } from "react";
import type { Schema } from "../../api/client";
import { useFormat } from "../../look/format";
import { IconArrowDown, IconArrowUp, IconChevronDown, IconChevronRight, IconTrash } from "../../look/icons";
import { useShownValue } from "../../look/value";
import { cellPath, type Edited, type Row } from "./draft";
import { FieldEditor } from "./FieldEditor";
import { useTexts } from "./texts";

/** What is to become of a row. */
export type Ask = "up" | "down" | "remove";

interface Props {
  connection: string;
  field: Schema<"Field">;
  disabled: boolean;
  path: string;
  told: (path: string) => string | undefined;
  row: Row;
  at: number;
  count: number;
  given: Schema<"FieldValue"> | undefined;
  opened: boolean;
  onChange: (row: Row) => void;
  onAsk: (wanted: Ask) => void;
}

/** One row of a subform: in a line what it holds, and opened, an editor for each of its cells. */
export function SubformRow({ connection, field, disabled, path, told, row, at, count, ...props }: Props) {
  const { given, onChange, onAsk } = props;
  const t = useTexts();
  const format = useFormat();
  const shown = useShownValue();
  const id = useId();
  const [opened, { toggle }] = useDisclosure(props.opened);
  const nth = format.count(at + 1);
  const named = namesIn(given);
  const texts = field.columns.map(({ api_name }) => {
    const value = row.cells[api_name];
    return typeof value === "string" ? (named.get(value) ?? value) : shown(value);
  });
  const summary = texts.filter((text) => text !== "").slice(0, 4);
  const wrong = field.columns.some((column) => told(cellPath(path, row, column)) !== undefined);
  const open = opened || wrong;
  return (
    <Box component="li" style={at === 0 ? {} : { borderTop: "1px solid var(--line)" }}>
      <Group gap={4} wrap="nowrap" px="xs" py={4}>
        <UnstyledButton
          flex={1}
          miw={0}
          py={4}
          aria-expanded={open}
          aria-controls={id}
          aria-label={t("rowOf", { at: nth, text: summary.join(", ") })}
          onClick={toggle}
        >
          <Group gap="xs" wrap="nowrap">
            {open ? <IconChevronDown size={16} aria-hidden /> : <IconChevronRight size={16} aria-hidden />}
            <Text size="sm" c="dimmed" className="number">
              {nth}
            </Text>
            <Text size="sm" truncate>
              {open ? "" : summary.length === 0 ? t("emptyRow") : summary.join(" · ")}
            </Text>
          </Group>
        </UnstyledButton>
        {!disabled && (
          <>
            <ActionIcon
              variant="subtle"
              color="gray"
              disabled={at === 0}
              {...(at === 0 ? { bg: "transparent" } : {})}
              data-move={`${row.key} up`}
              aria-label={t("rowUp", { at: nth })}
              onClick={() => onAsk("up")}
            >
              <IconArrowUp size={16} />
            </ActionIcon>
            <ActionIcon
              variant="subtle"
              color="gray"
              disabled={at === count - 1}
              {...(at === count - 1 ? { bg: "transparent" } : {})}
              data-move={`${row.key} down`}
              aria-label={t("rowDown", { at: nth })}
              onClick={() => onAsk("down")}
            >
              <IconArrowDown size={16} />
            </ActionIcon>
            <ActionIcon
              variant="subtle"
              color="red"
              aria-label={t("rowRemove", { at: nth })}
              onClick={() => onAsk("remove")}
            >
              <IconTrash size={16} />
            </ActionIcon>
          </>
        )}
      </Group>
      <Collapse expanded={open} id={id} transitionDuration={0}>
        {open && (
          <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm" px="md" pb="md" data-cells={row.key}>
            {field.columns.map((column) => (
              <FieldEditor
                key={column.api_name}
                connection={connection}
                field={column}
                path={cellPath(path, row, column)}
                told={told}
                given={referenceIn(named, row.cells[column.api_name])}
                value={row.cells[column.api_name]}
                disabled={disabled}
                onChange={(value) => onChange({ ...row, cells: { ...row.cells, [column.api_name]: value } })}
              />
            ))}
          </SimpleGrid>
        )}
      </Collapse>
    </Box>
  );
}

/** The names of all that the rows pointed to when they were read, by id. */
function namesIn(given: Schema<"FieldValue"> | undefined): Map<string, string> {
  const rows = Array.isArray(given) ? given.filter((row) => typeof row === "object") : [];
  const names = new Map<string, string>();
  for (const cell of rows.flatMap((row) => Object.values(row))) {
    if (typeof cell !== "object" || cell === null || Array.isArray(cell)) continue;
    if (cell.name !== null) names.set(cell.id, cell.name);
  }
  return names;
}

function referenceIn(names: Map<string, string>, value: Edited | undefined) {
  const name = typeof value === "string" ? names.get(value) : undefined;
  return typeof value === "string" && name !== undefined ? { id: value, name } : undefined;
}
