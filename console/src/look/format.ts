import { useTranslation } from "react-i18next";
import { useZone } from "./zone";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Numbers, dates, times and spans in one language and zone. */
export function formatter(language: string, zone: string) {
  const number = new Intl.NumberFormat(language);
  const compact = new Intl.NumberFormat(language, { notation: "compact", maximumFractionDigits: 1 });
  const percent = new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 0 });
  const dateTime = new Intl.DateTimeFormat(language, {
    dateStyle: "medium",
    timeStyle: "medium",
    timeZone: zone,
  });
  const date = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeZone: zone });
  const day = new Intl.DateTimeFormat(language, { month: "numeric", day: "numeric", timeZone: zone });
  const time = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit", timeZone: zone });
  const clock = new Intl.DateTimeFormat(language, { timeStyle: "medium", timeZone: zone });
  const relative = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
  const units = new Map<string, Intl.NumberFormat>();
  function unit(value: number, name: string, digits = 0): string {
    const key = `${name} ${digits}`;
    const made = units.get(key);
    if (made) return made.format(value);
    const style = { style: "unit", unit: name, unitDisplay: "short", maximumFractionDigits: digits } as const;
    const format = new Intl.NumberFormat(language, style);
    units.set(key, format);
    return format.format(value);
  }

  /** English writes "0.4 s"; Intl would write "0.4 secs" in some of its variants. */
  const seconds = (value: number) =>
    language.startsWith("ja") ? unit(value, "second", 1) : `${number.format(value)}\u00a0s`;

  /** A span of milliseconds in its largest fitting unit: 0.4 s, 12 s, 3 mins, 5 hrs, 2 days. */
  function span(ms: number): string {
    const value = Math.max(0, ms);
    if (value < 10 * SECOND) return seconds(Math.round(Math.max(value, 100) / 100) / 10);
    if (value < 90 * SECOND) return seconds(Math.round(value / SECOND));
    if (value < 90 * MINUTE) return unit(Math.round(value / MINUTE), "minute");
    if (value < 36 * HOUR) return unit(Math.round(value / HOUR), "hour");
    return unit(Math.round(value / DAY), "day");
  }

  function ago(at: number, now: number): string {
    const value = at - now;
    const size = Math.abs(value);
    if (size < 45 * SECOND) return relative.format(Math.round(value / SECOND), "second");
    if (size < 45 * MINUTE) return relative.format(Math.round(value / MINUTE), "minute");
    if (size < 22 * HOUR) return relative.format(Math.round(value / HOUR), "hour");
    if (size < 26 * DAY) return relative.format(Math.round(value / DAY), "day");
    return date.format(at);
  }

  function bytes(count: number): string {
    const names = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"];
    const step = Math.min(names.length - 1, Math.floor(Math.log10(Math.max(count, 1)) / 3));
    return unit(count / 1000 ** step, names[step] ?? "byte", 1);
  }

  return {
    language,
    count: (value: number) => number.format(value),
    compact: (value: number) => (Math.abs(value) < 10_000 ? number.format(value) : compact.format(value)),
    percent: (share: number) => percent.format(share),
    dateTime: (at: number) => dateTime.format(at),
    date: (at: number) => date.format(at),
    day: (at: number) => day.format(at),
    time: (at: number) => time.format(at),
    clock: (at: number) => clock.format(at),
    span,
    ago,
    bytes,
  };
}

export type Formatter = ReturnType<typeof formatter>;

/** The browser's own variant of the language (en-GB writes 21:09, en-US 09:09 PM). */
function localeOf(language: string): string {
  return navigator.languages.find((tag) => tag.toLowerCase().startsWith(language)) ?? language;
}

/** Made once for a language and zone: a long list asks for it hundreds of times, and the browser takes long to make one. */
const made = new Map<string, Formatter>();

export function useFormat(): Formatter {
  const { i18n } = useTranslation();
  const zone = useZone();
  const locale = localeOf(i18n.language);
  const key = `${locale} ${zone}`;
  const found = made.get(key) ?? formatter(locale, zone);
  made.set(key, found);
  return found;
}
