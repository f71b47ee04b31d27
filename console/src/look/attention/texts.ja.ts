import type { Japanese } from "../texts";
import type en from "./texts.en";

export default {
  due: "{{at}}に自動で再試行します({{most}}回中{{nth}}回目)",
  retry: "再試行",
  since: "発生",
  details: "詳細",
  field: "項目",
  compare: "データを比較…",
  compareOf: "データを比較…({{label}})",
} satisfies Japanese<typeof en>;
