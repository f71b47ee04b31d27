import { QueryClient } from "@tanstack/react-query";
import { expect, test, vi } from "vitest";
import { Silent } from "../stage";
import { entry, job, status } from "../stage/data";
import { followEvents } from "./events";
import { statusQuery } from "./queries";

test("events keep the cache current, and tell whether the stream is live", () => {
  vi.useFakeTimers();
  vi.stubGlobal("EventSource", Silent);
  const queries = new QueryClient();
  const refreshed = vi.spyOn(queries, "invalidateQueries");
  const told: string[] = [];
  const stop = followEvents(queries, (liveness) => told.push(liveness));
  const stream = Silent.last;
  stream?.onopen?.();
  stream?.say("status", status);
  stream?.say("job", job({ id: "9" }));
  stream?.say("journal", { ...entry, integration: "tokyo-london" });
  stream?.say("journal", { ...entry, number: 6, integration: "tokyo-london" });
  expect(queries.getQueryData(statusQuery.queryKey)).toEqual(status);
  expect(queries.getQueryData(["job", "9"])).toMatchObject({ state: "done" });
  expect(queries.getQueryData(["latest"])).toHaveLength(2);
  refreshed.mockClear();
  vi.advanceTimersByTime(2_100);
  // Two entries, one refresh of each list that they may change.
  expect(refreshed.mock.calls).toEqual([
    [{ queryKey: ["integration", "tokyo-london"] }],
    [{ queryKey: ["attention"] }],
  ]);
  stream?.onerror?.();
  expect(told).toEqual(["connecting", "live", "lost"]);
  stop();
  expect(stream?.readyState).toBe(2);
  vi.useRealTimers();
});

test("an answer that was under way when an event came does not undo it", async () => {
  vi.stubGlobal("EventSource", Silent);
  const queries = new QueryClient();
  let answer: (report: typeof status) => void = () => undefined;
  const older = new Promise<typeof status>((resolve) => (answer = resolve));
  const asked = queries.query({ ...statusQuery, queryFn: () => older });
  const stop = followEvents(queries, () => undefined);
  const newer = { ...status, integrations: [] };
  Silent.last?.say("status", newer);
  answer(status);
  await asked.catch(() => undefined);
  expect(queries.getQueryData(statusQuery.queryKey)).toEqual(newer);
  stop();
});

test("an answer that is no stream is asked for again", () => {
  vi.useFakeTimers();
  vi.stubGlobal("EventSource", Silent);
  const stop = followEvents(new QueryClient(), () => undefined);
  const first = Silent.last;
  first?.close();
  first?.onerror?.();
  vi.advanceTimersByTime(5_100);
  expect(Silent.last).not.toBe(first);
  stop();
  vi.useRealTimers();
});
