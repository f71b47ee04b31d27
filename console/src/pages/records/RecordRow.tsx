import { memo, type CSSProperties } from "react";
import type { Schema } from "../../api/client";
import { useFormat } from "../../look/format";
import { useShownValue } from "../../look/value";

interface Props {
  record: Schema<"Record">;
  index: number;
  /** Where it is in the list, in pixels. */
  start: number;
  height: number;
  columns: string[];
  /** Whether there is room for when it was changed. */
  dated: boolean;
  grid: CSSProperties;
  onOpen: (id: string) => void;
}

/** One row. It is drawn once, of plain elements: while the list scrolls, only rows that come into sight cost anything. */
export const RecordRow = memo(function RecordRow(props: Props) {
  const { record, index, start, height, columns, dated, grid, onOpen } = props;
  const format = useFormat();
  const shown = useShownValue();
  return (
    <button
      type="button"
      role="row"
      aria-rowindex={index + 2}
      className="record-row row-link"
      onClick={() => onOpen(record.id)}
      style={{ ...grid, top: start, height }}
    >
      {columns.map((column) => (
        <span role="cell" key={column}>
          {shown(record.values[column])}
        </span>
      ))}
      {dated && (
        <span role="cell" className="record-when number">
          {format.dateTime(record.modified_at)}
        </span>
      )}
    </button>
  );
});
