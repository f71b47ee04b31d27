import { useNow } from "./now";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** How far back is looked: so many days, or as far as there is something. */
export const PERIODS = ["7", "30", "all"] as const;
export type Period = (typeof PERIODS)[number];

/** What the address says; the last seven days, if it says nothing. */
export function periodOf(text: string | undefined): Period {
  return PERIODS.find((each) => each === text) ?? "7";
}

/** When the period began; undefined for all times. It moves on by the hour, so that a list is not asked for again each second. */
export function useSince(period: Period): number | undefined {
  const now = useNow();
  if (period === "all") return undefined;
  return Math.floor(now / HOUR) * HOUR - Number(period) * DAY;
}
