import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import type { Schema } from "../api/client";
import { useTour, type Pair } from "./state";

type Event = Schema<"JournalEvent">;

const isOf = (pair: Pair) => (event: Event) =>
  event.integration === pair.integration &&
  event.module === pair.module &&
  event.left_id === pair.leftId &&
  event.side === "right" &&
  event.at >= pair.since;

/** The change that the tour's person made, once it is written to the other side; then the tour goes on by itself. */
export function useArrival(): Event | null {
  const tour = useTour();
  const { step, pair, go } = tour;
  const { data: latest } = useQuery<Event[]>({ queryKey: ["latest"], enabled: false, initialData: [] });
  // The list of the latest events is short and others write too: what was seen once is kept.
  const [seen, setSeen] = useState<Event | null>(null);
  const found = pair === null ? undefined : latest.find(isOf(pair));
  if (found !== undefined && found.number !== seen?.number) setSeen(found);
  const arrived = step === "change" && found !== undefined;
  useEffect(() => {
    if (arrived) go("arrive");
    // eslint-disable-next-line react-hooks/exhaustive-deps -- `go` is made anew by each rendering
  }, [arrived]);
  return pair !== null && seen !== null && isOf(pair)(seen) ? seen : null;
}
