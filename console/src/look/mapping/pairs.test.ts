import { expect, test } from "vitest";
import { defaultOf, isBySide, withDefault } from "./pairs";

test("each side may have its own default, and keeps the other side's", () => {
  expect([defaultOf("Web", "left"), defaultOf("Web", "right"), isBySide("Web")]).toEqual([
    "Web",
    "Web",
    false,
  ]);
  expect([isBySide(["a"]), isBySide(null), isBySide(undefined)]).toEqual([false, false, false]);
  const two = withDefault("Web", "left", "Partner");
  expect(two).toEqual({ left: "Partner", right: "Web" });
  expect([defaultOf(two, "left"), defaultOf(two, "right"), isBySide(two)]).toEqual(["Partner", "Web", true]);
  expect(withDefault(two, "right", "")).toEqual({ left: "Partner" });
  expect(withDefault({ left: false }, "right", 0)).toEqual({ left: false, right: 0 });
  expect(withDefault({ left: "Partner" }, "left", null)).toBeNull();
});
