import { act, renderHook } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { useSettled } from "./settled";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const pass = (ms: number) => {
  act(() => {
    vi.advanceTimersByTime(ms);
  });
};

test("a draft that is made anew each time settles, and then nothing is shown anew", () => {
  let shown = 0;
  const { result, rerender } = renderHook(
    ({ name }) => {
      shown += 1;
      return useSettled({ name, modules: ["Contacts"] }, 400);
    },
    { initialProps: { name: "a" } },
  );
  const first = result.current;
  pass(10_000);
  expect(shown).toBe(1);
  expect(result.current).toBe(first);
  rerender({ name: "b" });
  pass(399);
  expect(result.current).toBe(first);
  pass(1);
  expect(result.current).toEqual({ name: "b", modules: ["Contacts"] });
  shown = 0;
  pass(10_000);
  expect(shown).toBe(0);
});
