/** An instant and the clock time that a zone has then, as a browser's input of a date and a time writes it: 2026-11-20T09:30:00. */

const PARTS = ["year", "month", "day", "hour", "minute", "second"] as const;

const CLOCK = /^\d{4}-\d\d-\d\dT\d\d:\d\d/;

/** The clock time of an instant, to the second. */
export function clockOf(at: number, zone: string): string {
  const format = new Intl.DateTimeFormat("en", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
  });
  const found = new Map(format.formatToParts(at).map(({ type, value }) => [type, value]));
  const [year = "", month, day, hour, minute, second] = PARTS.map((part) => found.get(part) ?? "");
  return `${year.padStart(4, "0")}-${month}-${day}T${hour}:${minute}:${second}`;
}

/** The instant of a clock time, in milliseconds since 1970; null where the text is no clock time. */
export function instantOf(clock: string, zone: string): number | null {
  const there = CLOCK.test(clock) ? Date.parse(`${clock}Z`) : NaN;
  if (Number.isNaN(there)) return null;
  const offset = (at: number) => Date.parse(`${clockOf(at, zone)}Z`) - at;
  // The first offset may be that of the other side of a change of the clocks.
  const at = there - offset(there - offset(there));
  return Number.isNaN(at) ? null : at;
}
