// Figures and how they are taken.

/** A figure; with a bar, which it may not exceed. */
export const figure = (name, value, unit, bar) => ({ name, value: Math.round(value * 10) / 10, unit, bar });

const sorted = (values) => [...values].sort((one, other) => one - other);
export const median = (values) => sorted(values)[Math.floor(values.length / 2)];

/** Installed into every page: notes clicks, and when what was clicked for is painted; and the longest task since it was last asked. */
export function instruments() {
  const state = { clicked: 0, longest: 0 };
  addEventListener("click", () => (state.clicked = performance.now()), true);
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) state.longest = Math.max(state.longest, duration);
  }).observe({ type: "longtask", buffered: true });
  const waits = document.getElementsByClassName("mantine-Skeleton-root");
  const loads = document.getElementsByClassName("mantine-Loader-root");
  globalThis.musubi = {
    /** Until the page says it, holds no place for anything, and two frames were drawn since. */
    painted: (text) =>
      new Promise((resolve) => {
        const look = () => {
          const main = document.querySelector("main");
          const there = main?.textContent.includes(text) && waits.length + loads.length === 0;
          if (!there) return requestAnimationFrame(look);
          requestAnimationFrame(() =>
            requestAnimationFrame(() => resolve(performance.now() - state.clicked)),
          );
        };
        look();
      }),
    longest: () => {
      const { longest } = state;
      state.longest = 0;
      return longest;
    },
  };
}
