import type { Japanese } from "../texts";
import type en from "./texts.en";

export default {
  wrong: "このままでは保存できません",
  missing:
    "{{name}} で必須の項目が関連付けられていません：{{fields}}。このままでは {{name}} にデータを作成できません。",
} satisfies Japanese<typeof en>;
