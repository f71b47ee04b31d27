import type { QueryClient } from "@tanstack/react-query";
import type { Schema } from "./client";
import { statusQuery } from "./queries";

export type Liveness = "connecting" | "live" | "lost";

/** Keeps the query cache current from the hub's live events. Gives the function that ends it. */
export function followEvents(queries: QueryClient, tell: (liveness: Liveness) => void): () => void {
  let source: EventSource | null = null;
  let again: ReturnType<typeof setTimeout> | undefined;
  const stale = new Set<string>();
  // Lists of the journal are read again at most each two seconds, however fast entries arrive.
  const sweep = setInterval(() => {
    for (const name of stale) void queries.invalidateQueries({ queryKey: ["integration", name] });
    if (stale.size > 0) void queries.invalidateQueries({ queryKey: ["attention"] });
    stale.clear();
  }, 2_000);

  function open() {
    source = new EventSource("/api/v1/events");
    source.onopen = () => tell("live");
    source.onerror = () => {
      tell("lost");
      // The browser tries again by itself, except after an answer that is no stream (such as 401 or 502).
      if (source?.readyState === EventSource.CLOSED) again = setTimeout(open, 5_000);
    };
    on<Schema<"StatusReport">>(source, "status", (report) => {
      // An answer that is still on its way is older than this.
      void queries.cancelQueries({ queryKey: statusQuery.queryKey });
      queries.setQueryData(statusQuery.queryKey, report);
    });
    on<Schema<"JournalEvent">>(source, "journal", (entry) => {
      stale.add(entry.integration);
      // The pair that somebody may be looking at is read again at once.
      void queries.invalidateQueries({
        queryKey: ["integration", entry.integration, "link", entry.module, entry.left_id],
      });
      queries.setQueryData<Schema<"JournalEvent">[]>(["latest"], (latest = []) =>
        [entry, ...latest].slice(0, 30),
      );
    });
    on<Schema<"Job">>(source, "job", (job) => {
      queries.setQueryData(["job", job.id], job);
      if (job.state !== "running") void queries.invalidateQueries({ queryKey: ["jobs"] });
    });
  }

  tell("connecting");
  open();
  return () => {
    clearTimeout(again);
    clearInterval(sweep);
    source?.close();
  };
}

// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- names what the caller takes, as JSON.parse cannot
function on<Data>(source: EventSource, name: string, take: (data: Data) => void) {
  source.addEventListener(name, (event: MessageEvent<string>) => {
    let data: Data;
    try {
      data = JSON.parse(event.data) as Data;
    } catch {
      return;
    }
    take(data);
  });
}
