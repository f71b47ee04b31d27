import { useTranslation } from "react-i18next";
import type { Schema } from "../../api/client";
import { nameOfModule } from "../names";
import { texts } from "../texts";
import en from "./texts.en";
import ja from "./texts.ja";

const useTexts = texts("notice", en, ja);

/** What can be told, in the order in which it is offered. */
export const EVENTS = [
  "first_load",
  "drift",
  "decision",
  "failed",
  "stopped",
  "login",
  "unreachable",
  "paused",
  "inactive",
  "removed",
  "recovered",
  "digest",
] as const satisfies Schema<"NoticeEvent">[];

/** What an event is called. */
export function useEventName() {
  const t = useTexts();
  return (event: Schema<"NoticeEvent">) => t(`name.${event}`);
}

/** A notice in one line, in the reader's language. */
export function useNoticeSentence() {
  const t = useTexts();
  const { i18n } = useTranslation();
  return ({ event, integration, matters }: Pick<Schema<"Notice">, "event" | "integration" | "matters">) => {
    const modules = [...new Set(matters.flatMap(({ module }) => module ?? []))];
    const names = {
      name: integration ?? "",
      modules: modules.map((module) => nameOfModule(module, i18n.language)).join(", "),
      count: matters.reduce((total, matter) => total + matter.count, 0),
    };
    if (modules.length > 0 && (event === "paused" || event === "recovered")) {
      return t(`told.modules_${event}`, names);
    }
    return t(`told.${event}`, names);
  };
}
