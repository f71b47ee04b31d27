// What somebody sees who has nothing yet, and who does not come in.

const seen = (stage, name, path, en, ja, more = {}) => ({
  name,
  stage,
  path,
  says: { en: [en], ja: [ja] },
  ...more,
});
const INTEGRATION = "/integrations/tokyo-london";

export const empty = [
  seen("first", "setup", "/", "Set-up code", "セットアップコード", { stranger: true, expected: /401/ }),
  seen("empty", "login", "/", "E-mail", "メールアドレス", { stranger: true, expected: /401/ }),
  seen("empty", "home-empty", "/", "No integration yet", "連携がまだありません"),
  seen("empty", "integrations-empty", "/integrations", "No integration yet", "連携がまだありません"),
  seen("empty", "connections-empty", "/connections", "No connection yet", "接続がまだありません"),
  seen("empty", "wizard-empty", "/integrations/new", "needs two connections", "2つの接続が必要です"),
  seen("blank", "home-blank", "/", "Nothing waits for you", "対応が必要なものはありません"),
  seen("blank", "integration-overview-blank", INTEGRATION, "In agreement", "一致"),
  seen(
    "blank",
    "integration-records-empty",
    `${INTEGRATION}?tab=records`,
    "No pair found",
    "データの組が見つかりません",
  ),
  seen(
    "blank",
    "integration-history-empty",
    `${INTEGRATION}?tab=history`,
    "Nothing was written in this period",
    "この期間の履歴はありません",
  ),
  seen(
    "blank",
    "integration-history-never",
    `${INTEGRATION}?tab=history&period=all`,
    "No history yet",
    "履歴はまだありません",
  ),
  seen(
    "blank",
    "integration-attention-empty",
    `${INTEGRATION}?tab=attention`,
    "Nothing waits",
    "対応が必要なものはありません",
  ),
  seen("blank", "integration-verify-empty", `${INTEGRATION}?tab=verify`, "Compare both sides", "双方を比較"),
  seen(
    "blank",
    "module-settings-empty",
    `${INTEGRATION}/modules/Contacts/Contacts/settings`,
    "There is no record yet",
    "表示できるデータがまだありません",
  ),
  seen("blank", "conflicts-empty", "/conflicts", "No conflict to decide", "判断が必要な競合はありません"),
  seen("blank", "records-empty", "/connections/tokyo/Contacts", "No records", "データがありません"),
  seen(
    "ready",
    "integration-runs-empty",
    `${INTEGRATION}?tab=runs`,
    "No sync history",
    "同期の履歴はありません",
  ),
  seen("ready", "integration-paused", INTEGRATION, "Resume", "再開"),
];
