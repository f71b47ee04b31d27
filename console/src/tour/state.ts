import { useLocalStorage } from "@mantine/hooks";

export const STEPS = ["welcome", "change", "arrive", "why", "prove"] as const;
export type Step = (typeof STEPS)[number];

/** The pair whose record is changed on the way. */
export interface Pair {
  integration: string;
  module: string;
  leftId: string;
  /** When it was opened to be changed: what happened before is not what the tour waits for. */
  since: number;
}

interface Kept {
  step: Step;
  shown: boolean;
  pair: Pair | null;
}

const START: Kept = { step: "welcome", shown: true, pair: null };

/** How far the tour is; kept in the browser, so that one can leave and come back. */
export function useTour() {
  const [kept, keep] = useLocalStorage<Kept>({
    key: "musubi.tour",
    defaultValue: START,
    getInitialValueInEffect: false,
  });
  // The value itself and not a function of the one before: a menu that closes is gone before such a function is called.
  const change = (more: Partial<Kept>) => keep({ ...kept, ...more });
  return {
    ...kept,
    go: (step: Step) => change({ step }),
    take: (pair: Pair) => change({ pair }),
    hide: () => change({ shown: false }),
    resume: () => change({ shown: true }),
    /** The next time begins at the beginning. */
    finish: () => keep({ ...START, shown: false }),
  };
}
