import { expect, test } from "vitest";
import { formatter } from "./format";

const en = formatter("en-GB", "Europe/London");
const ja = formatter("ja", "Asia/Tokyo");

function check(given: string, wanted: string) {
  expect(given.replaceAll(/\s/g, " ")).toBe(wanted);
}

test("spans are written in their largest fitting unit", () => {
  check(en.span(412), "0.4 s");
  check(en.span(12_300), "12 s");
  check(ja.span(412), "0.4 秒");
  check(ja.span(300_000), "5 分");
});

test("an instant is another clock time in another zone", () => {
  const at = Date.UTC(2026, 10, 22, 12, 0, 5);
  check(en.time(at), "12:00");
  check(ja.time(at), "21:00");
  check(ja.dateTime(at), "2026/11/22 21:00:05");
});

test("how long ago", () => {
  check(en.ago(0, 3_000), "3 seconds ago");
  check(ja.ago(0, 7_200_000), "2 時間前");
});

test("numbers and sizes", () => {
  check(en.count(1_234_567), "1,234,567");
  check(en.bytes(184_220_113), "184.2 MB");
});
