import { Box, Text } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useCallback, useEffect, useMemo, useRef } from "react";
import type { Schema } from "../../api/client";
import { useFormat } from "../../look/format";
import { useShownValue } from "../../look/value";
import { countOf, rowAt, type RowPage } from "./list";
import { CELL, RecordRow } from "./RecordRow";
import "./records.css";
import { useTexts } from "./texts";

interface Props {
  pages: RowPage[];
  /** The list's columns, the most telling first. */
  fields: Schema<"Field">[];
  /** Fetches the next page; null when there is none or it is on its way. */
  more: (() => void) | null;
  onOpen: (id: string) => void;
}

const ROW = 41;

/** However many records are loaded, only the rows in sight (and a few around them) are mounted. */
export function RecordTable({ pages, fields, more, onOpen }: Props) {
  const t = useTexts();
  const format = useFormat();
  const shown = useShownValue();
  const count = useMemo(() => countOf(pages), [pages]);
  const box = useRef<HTMLDivElement>(null);
  const narrow = useMediaQuery("(max-width: 48em)");
  const columns = useMemo(() => fields.slice(0, narrow ? 2 : fields.length), [fields, narrow]);
  // eslint-disable-next-line react-hooks/incompatible-library -- its functions stay in this component, which the compiler leaves alone
  const rows = useVirtualizer({
    count,
    getScrollElement: () => box.current,
    estimateSize: () => ROW,
    overscan: 8,
  });
  const visible = rows.getVirtualItems();
  const last = visible.at(-1)?.index ?? 0;
  useEffect(() => {
    if (more !== null && last >= count - 40) more();
  }, [last, more, count]);
  const grid = useMemo(
    () => ({
      display: "grid",
      gridTemplateColumns: `repeat(${Math.max(columns.length, 1)}, minmax(0, 1fr))${narrow ? "" : " 168px"}`,
      gap: 12,
      padding: "0 16px",
      alignItems: "center",
    }),
    [columns, narrow],
  );
  // The rows are given one function for good, whatever the page makes anew.
  const latest = useRef(onOpen);
  useEffect(() => {
    latest.current = onOpen;
  }, [onOpen]);
  const open = useCallback((id: string) => latest.current(id), []);
  return (
    <div role="table" aria-label={t("table")} aria-rowcount={count + 1}>
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
            const row = rowAt(pages, index);
            if (row === undefined) return null;
            const [id, at, ...values] = row;
            return (
              <RecordRow
                key={id}
                id={id}
                cells={columns.map((_, column) => shown(values[column])).join(CELL)}
                when={narrow ? "" : format.dateTime(at)}
                index={index}
                start={start}
                height={ROW}
                grid={grid}
                onOpen={open}
              />
            );
          })}
        </div>
      </Box>
    </div>
  );
}
