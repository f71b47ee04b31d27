import { renderHook } from "@testing-library/react";
import { MantineProvider } from "@mantine/core";
import { expect, test } from "vitest";
import type { Schema } from "../../api/client";
import { entry } from "../../stage/data";
import { speak, type Language } from "../texts";
import { useEntrySentence, useStayLine } from ".";

const sides = { left: "tokyo", right: "london" };

function check(language: Language, more: Partial<Schema<"HistoryEntry">>, wanted: string) {
  speak(language);
  const { result, unmount } = renderHook(() => useEntrySentence(), { wrapper: MantineProvider });
  expect(result.current({ ...entry, ...more }, sides).replaceAll(/\s/g, " ")).toBe(wanted);
  unmount();
}

test("a change says what was changed where, and where it was written", () => {
  check("en", {}, "Phone of 佐藤 結衣 was changed from “03-1” to “03-2” on tokyo; written to london");
  check("ja", {}, "tokyo で「佐藤 結衣」の電話番号が「03-1」から「03-2」に変更され、london に反映されました");
});

test("who changed it, and how soon it was written, where that is known", () => {
  const known = { by: "Suzuki", at: 10_400, caused_at: 10_000 };
  check(
    "en",
    known,
    "Suzuki changed Phone of 佐藤 結衣 from “03-1” to “03-2” on tokyo; written to london within 0.4 s",
  );
  check(
    "ja",
    { ...known, by: "鈴木" },
    "鈴木さんが tokyo で「佐藤 結衣」の電話番号を「03-1」から「03-2」に変更し、0.4 秒以内に london に反映されました",
  );
  check(
    "en",
    { kind: "created", by: "Suzuki", at: 9_999_999, caused_at: 1 },
    "Suzuki saved 佐藤 結衣 on tokyo; created on london",
  );
});

test("blank and unknown are not the same", () => {
  check(
    "en",
    { changes: [{ field: "Phone", before: null, after: null }] },
    "Phone of 佐藤 結衣 was changed from blank to blank on tokyo; written to london",
  );
  check(
    "en",
    { changes: [{ field: "Phone", after: "1" }] },
    "Phone of 佐藤 結衣 was set to “1” on tokyo; written to london",
  );
});

test("what was left different is told by its sides, not as a change", () => {
  speak("en");
  const { result } = renderHook(() => useStayLine(), { wrapper: MantineProvider });
  expect(result.current({ field: "Fax", before: "1", after: "2" }, sides)).toBe(
    "Fax: “1” on tokyo, “2” on london",
  );
});

test("a file that was attached, by its name and size, where they are known", () => {
  const file = { name: "請求書.pdf", size: 12_345 };
  check(
    "en",
    { kind: "attached", changes: [], file },
    "File “請求書.pdf” (12.3 kB) was attached to 佐藤 結衣 on london, copied from tokyo",
  );
  check(
    "ja",
    { kind: "attached", side: "left", changes: [], file },
    "london の「佐藤 結衣」のファイル「請求書.pdf」(12.3 KB)を tokyo に添付しました",
  );
  check(
    "en",
    { kind: "attached", changes: [] },
    "A file was attached to 佐藤 結衣 on london, copied from tokyo",
  );
});

test("the other kinds", () => {
  check("en", { kind: "deleted", changes: [] }, "佐藤 結衣 was deleted on tokyo, and therefore on london");
  check(
    "ja",
    { kind: "deleted", changes: [] },
    "tokyo で「佐藤 結衣」が削除されたため、london でも削除しました",
  );
  check(
    "ja",
    { kind: "conflict_skipped" },
    "「佐藤 結衣」の電話番号は双方で値が異なりますが、どちらもそのままにしました",
  );
  check(
    "ja",
    { erased: true, label: null, changes: [] },
    "データ 1：london での処理の内容は、依頼により消去されました",
  );
  check("en", { kind: "linked", label: null, changes: [] }, "Record 1 was found on both sides and linked");
});
