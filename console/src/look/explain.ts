import { useTranslation } from "react-i18next";
import matters from "../../../texts/ja/matters.json";
import access from "../../../texts/ja/problems/access.json";
import general from "../../../texts/ja/problems/general.json";
import mapping from "../../../texts/ja/problems/mapping.json";
import settings from "../../../texts/ja/problems/settings.json";
import reasons from "../../../texts/ja/reasons.json";

interface Explained {
  what: string;
  hint: string;
}
type ByCode = Record<string, Explained>;

/** What the hub's codes mean, in Japanese; the English comes from the hub. A code without a text is shown as the hub gave it. */
export const PROBLEMS: ByCode = { ...access, ...general, ...mapping, ...settings };
const MATTERS: ByCode = { ...matters, ...reasons };

const ORDINARY =
  /^(the|a|an|no|it|this|that|there|what|some|several|both|many|more|only|custom|you|nobody|every|another|two|one|after|make|fill|mend|look|retry|merge|change|add|give|shorten|not|nothing|check|connect|see|try|use|run|name|restore|link|widen|write|map|leave|set|keep|delete|correct|take|activate|deactivate|resume|remove|choose|send|let|decide|bring|its|records|match)\b/;

/** A sentence ends with a full stop and begins with a capital, unless it begins with somebody's name for something. */
export function sentence(text: string): string {
  const whole = text.trim();
  if (whole === "") return "";
  const stopped = /[.!?。][)）]?$/.test(whole) ? whole : `${whole}.`;
  if (!ORDINARY.test(stopped)) return stopped;
  return stopped.charAt(0).toUpperCase() + stopped.slice(1);
}

function explainer(known: ByCode) {
  return function useExplain() {
    const { i18n } = useTranslation();
    return (code: string, what: string, hint: string): Explained => {
      const own = i18n.language === "ja" ? known[code] : undefined;
      return own ?? { what: sentence(what), hint: sentence(hint) };
    };
  };
}

/** Sentence and hint of a problem, in the chosen language where there is a text for its code. */
export const useExplainProblem = explainer(PROBLEMS);
/** Sentence and hint of something that waits for a person, became of a decision, or says why a record stands as it stands. */
export const useExplainMatter = explainer(MATTERS);
