import { expect, test } from "vitest";
import { clockOf, instantOf } from "./clock";

const at = Date.UTC(2026, 10, 20, 0, 30);

test("an instant has the clock time of its zone, and is found by it again", () => {
  expect(clockOf(at, "Asia/Tokyo")).toBe("2026-11-20T09:30:00");
  expect(instantOf("2026-11-20T09:30:00", "Asia/Tokyo")).toBe(at);
  expect(instantOf("2026-11-19T19:30", "America/New_York")).toBe(at);
});

test("on either side of a change of the clocks it is the offset of that side", () => {
  expect(instantOf("2026-03-29T00:59", "Europe/London")).toBe(Date.UTC(2026, 2, 29, 0, 59));
  expect(instantOf("2026-03-29T02:30", "Europe/London")).toBe(Date.UTC(2026, 2, 29, 1, 30));
  expect(instantOf("2026-10-24T23:30", "Europe/London")).toBe(Date.UTC(2026, 9, 24, 22, 30));
  expect(instantOf("2026-10-25T03:00", "Europe/London")).toBe(Date.UTC(2026, 9, 25, 3));
});

test("what is no clock time is no instant", () => {
  for (const text of ["", "2026-11-20", "tomorrow", "2026-13-01T00:00"])
    expect(instantOf(text, "Asia/Tokyo")).toBeNull();
});
