import { useTranslation } from "react-i18next";

/** The services' own Japanese names of the standard modules (glossary 3.1). */
const MODULES: Record<string, string> = {
  Leads: "見込み客",
  Accounts: "取引先",
  Contacts: "連絡先",
  Deals: "商談",
  Products: "商品",
  Price_Books: "価格表",
  Calls: "通話",
  Events: "予定",
  Tasks: "タスク",
  Notes: "メモ",
  Campaigns: "キャンペーン",
  Vendors: "仕入先",
  Quotes: "見積書",
  Invoices: "請求書",
  Sales_Orders: "受注書",
  Purchase_Orders: "発注書",
  Cases: "問い合わせ",
  Solutions: "ソリューション",
};

export function nameOfModule(module: string, language: string): string {
  return (language === "ja" ? MODULES[module] : undefined) ?? module.replaceAll("_", " ");
}

/** A module's name in the chosen language; custom modules keep theirs. */
export function useModuleName() {
  const { i18n } = useTranslation();
  return (module: string) => nameOfModule(module, i18n.language);
}

/** The two sides of a pair: one name when both have the same. */
export function usePairName() {
  const name = useModuleName();
  return (left: string, right: string) => (left === right ? name(left) : `${name(left)} ↔ ${name(right)}`);
}

/** The services' own Japanese names of the fields that nearly every org has. */
const FIELDS: Record<string, string> = {
  Last_Name: "姓",
  First_Name: "名",
  Full_Name: "氏名",
  Email: "メール",
  Phone: "電話番号",
  Mobile: "携帯電話",
  Title: "役職",
  Department: "部署",
  Account_Name: "取引先名",
  Deal_Name: "商談名",
  Stage: "ステージ",
  Amount: "総額",
  Closing_Date: "完了予定日",
  Description: "詳細情報",
  Owner: "所有者",
  Website: "Webサイト",
  Industry: "業種",
  Lead_Source: "見込み客のデータ元",
  Lead_Status: "見込み客のステータス",
  Company: "会社",
  Product_Name: "商品名",
  Unit_Price: "単価",
  Email_Opt_Out: "メール配信対象外",
  Mailing_City: "郵送先の市区町村",
  Mailing_Street: "郵送先の町名・番地",
};

/** A field's name where only its API name is known. */
export function useFieldName() {
  const { i18n } = useTranslation();
  return (field: string) =>
    (i18n.language === "ja" ? FIELDS[field] : undefined) ?? field.replaceAll("_", " ");
}
