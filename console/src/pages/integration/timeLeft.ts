import { useState } from "react";
import { useNow } from "../../look/now";

/** How many milliseconds a load still takes at the pace of the last half minute; null before that can be told. */
export function timeLeft(marks: Mark[], expected: number): number | null {
  const first = marks[0];
  const last = marks.at(-1);
  if (first === undefined || last === undefined) return null;
  const [spent, done] = [last.at - first.at, last.scanned - first.scanned];
  if (spent < 2_000 || done <= 0 || expected <= last.scanned) return null;
  return ((expected - last.scanned) * spent) / done;
}

interface Mark {
  at: number;
  scanned: number;
}

const WINDOW = 30_000;

export function useTimeLeft(scanned: number, expected: number): number | null {
  const at = useNow();
  const [marks, setMarks] = useState<Mark[]>([]);
  const last = marks.at(-1);
  if (last?.scanned !== scanned) {
    // A smaller number is a new load.
    const kept =
      last !== undefined && last.scanned > scanned ? [] : marks.filter((mark) => at - mark.at < WINDOW);
    setMarks([...kept, { at, scanned }]);
  }
  return timeLeft(marks, expected);
}
