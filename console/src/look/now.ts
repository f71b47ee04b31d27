import { useSyncExternalStore } from "react";

/** One clock for the whole page, once a second, so that all relative times change together. */
let now = Date.now();
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

function subscribe(listener: () => void) {
  listeners.add(listener);
  timer ??= setInterval(() => {
    now = Date.now();
    for (const each of listeners) each();
  }, 1_000);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/** The time, in milliseconds since 1970; components that use it are drawn again each second. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => now);
}
