import { useTranslation } from "react-i18next";
import matters from "./matters.ja";
import problems from "./problems.ja";
import reasons from "./reasons.ja";

interface Explained {
  what: string;
  hint: string;
}

const ORDINARY =
  /^(the|a|an|no|it|this|that|there|what|some|several|both|many|more|you|nobody|every|another|two|one|after|make|fill|mend|look|retry|merge|change|add|give|shorten|nothing|check|connect|see|try|use|run|name|restore|link|widen|write|map|leave|set|keep|delete|correct|take|activate|deactivate|resume|remove|choose|send|let|decide|bring|its)\b/;

/** A sentence ends with a full stop and begins with a capital, unless it begins with somebody's name for something. */
export function sentence(text: string): string {
  const whole = text.trim();
  if (whole === "") return "";
  const stopped = /[.!?。)）]$/.test(whole) ? whole : `${whole}.`;
  if (!ORDINARY.test(stopped)) return stopped;
  return stopped.charAt(0).toUpperCase() + stopped.slice(1);
}

function explainer(known: Record<string, readonly [string, string]>) {
  return function useExplain() {
    const { i18n } = useTranslation();
    return (code: string, what: string, hint: string): Explained => {
      const own = i18n.language === "ja" ? known[code] : undefined;
      return own ? { what: own[0], hint: own[1] } : { what: sentence(what), hint: sentence(hint) };
    };
  };
}

/** Sentence and hint of a problem, in the chosen language where there is a text for its code. */
export const useExplainProblem = explainer(problems);
/** Sentence and hint of something that waits for a person, became of a decision, or says why a record stands as it stands. */
export const useExplainMatter = explainer({ ...matters, ...reasons });
