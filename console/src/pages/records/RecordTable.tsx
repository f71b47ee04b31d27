import { Box, Text, UnstyledButton } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useRef } from "react";
import type { Schema } from "../../api/client";
import { useFormat } from "../../look/format";
import { useShownValue } from "../../look/value";
import { columnsOf } from "./columns";
import { useTexts } from "./texts";

interface Props {
  records: Schema<"Record">[];
  fields: Schema<"Field">[];
  /** Fetches the next page; null when there is none or it is on its way. */
  more: (() => void) | null;
  onOpen: (id: string) => void;
}

const ROW = 41;

/** However many records are loaded, only the rows in sight (and a few around them) are mounted. */
export function RecordTable({ records, fields, more, onOpen }: Props) {
  const t = useTexts();
  const format = useFormat();
  const shown = useShownValue();
  const box = useRef<HTMLDivElement>(null);
  const narrow = useMediaQuery("(max-width: 48em)");
  const columns = columnsOf(fields, narrow ? 2 : 5);
  // eslint-disable-next-line react-hooks/incompatible-library -- its functions stay in this component, which the compiler leaves alone
  const rows = useVirtualizer({
    count: records.length,
    getScrollElement: () => box.current,
    estimateSize: () => ROW,
    overscan: 12,
  });
  const visible = rows.getVirtualItems();
  const last = visible.at(-1)?.index ?? 0;
  useEffect(() => {
    if (more !== null && last >= records.length - 40) more();
  }, [last, more, records.length]);
  const grid = {
    display: "grid",
    gridTemplateColumns: `repeat(${Math.max(columns.length, 1)}, minmax(0, 1fr))${narrow ? "" : " 168px"}`,
    gap: 12,
    padding: "0 16px",
    alignItems: "center",
  };
  return (
    <div role="table" aria-label={t("table")} aria-rowcount={records.length + 1}>
      <div
        role="row"
        aria-rowindex={1}
        style={{ ...grid, height: 38, borderBottom: "1px solid var(--line)" }}
      >
        {columns.map((field) => (
          <Text role="columnheader" size="xs" fw={600} c="dimmed" truncate key={field.api_name}>
            {field.label}
          </Text>
        ))}
        {!narrow && (
          <Text role="columnheader" size="xs" fw={600} c="dimmed">
            {t("modified")}
          </Text>
        )}
      </div>
      <Box ref={box} role="rowgroup" style={{ height: "min(64vh, 720px)", overflowY: "auto" }}>
        <div style={{ height: rows.getTotalSize(), position: "relative" }}>
          {visible.map(({ index, start }) => {
            const record = records[index];
            if (record === undefined) return null;
            return (
              <UnstyledButton
                key={record.id}
                role="row"
                aria-rowindex={index + 2}
                className="row-link"
                onClick={() => onOpen(record.id)}
                style={{
                  ...grid,
                  position: "absolute",
                  top: start,
                  left: 0,
                  right: 0,
                  height: ROW,
                  borderBottom: "1px solid var(--line)",
                }}
              >
                {columns.map((field, at) => (
                  <Text role="cell" size="sm" truncate key={field.api_name} fw={at === 0 ? 600 : 400}>
                    {shown(record.values[field.api_name])}
                  </Text>
                ))}
                {!narrow && (
                  <Text role="cell" size="xs" c="dimmed" className="number">
                    {record.modified_at === null ? "" : format.dateTime(record.modified_at)}
                  </Text>
                )}
              </UnstyledButton>
            );
          })}
        </div>
      </Box>
    </div>
  );
}
