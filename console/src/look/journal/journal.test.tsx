import { renderHook } from "@testing-library/react";
import { MantineProvider } from "@mantine/core";
import { expect, test } from "vitest";
import type { Schema } from "../../api/client";
import { entry } from "../../stage/data";
import { speak, type Language } from "../texts";
import { useEntrySentence } from ".";

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
    "「佐藤 結衣」の電話番号が双方で変更されたため、どちらもそのままにしました",
  );
  check("en", { kind: "linked", label: null, changes: [] }, "Record 1 was found on both sides and linked");
});
