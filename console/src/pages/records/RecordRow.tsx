import { memo, type CSSProperties } from "react";

interface Props {
  id: string;
  /** The value of each column as it is shown, joined by a character that no value holds. */
  cells: string;
  /** When it was changed; empty where there is no room for it. */
  when: string;
  index: number;
  /** Where it is in the list, in pixels. */
  start: number;
  height: number;
  grid: CSSProperties;
  onOpen: (id: string) => void;
}

/** Between two cells. */
export const CELL = "\u001f";

/** One row. It is drawn once, of plain elements and without asking for anything: while the list scrolls, only rows that come into sight cost anything. */
export const RecordRow = memo(function RecordRow(props: Props) {
  const { id, cells, when, index, start, height, grid, onOpen } = props;
  return (
    <button
      type="button"
      role="row"
      aria-rowindex={index + 2}
      className="record-row row-link"
      onClick={() => onOpen(id)}
      style={{ ...grid, top: start, height }}
    >
      {cells.split(CELL).map((cell, at) => (
        <span role="cell" key={at}>
          {cell}
        </span>
      ))}
      {when !== "" && (
        <span role="cell" className="record-when number">
          {when}
        </span>
      )}
    </button>
  );
});
