import { useTranslation } from "react-i18next";
import names from "../../../texts/names.json";

const NAMES: Record<string, { en: string; ja: string }> = names;

/** A short name for each kind of matter that waits, for lists and filters. */
export function useMatterName() {
  const { i18n } = useTranslation();
  return (code: string) => NAMES[code]?.[i18n.language === "ja" ? "ja" : "en"] ?? code;
}
