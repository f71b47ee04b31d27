import { List } from "@mantine/core";
import { useExplainMatter } from "../explain";
import { useFormat } from "../format";
import { useTexts } from "./texts";

/** A reason as the hub gives it. */
export interface Reason {
  code: string;
  what: string;
  hint: string;
}

/** What a hub says where there is nothing to do; a list of reasons has no room for it. */
const NOTHING = "nothing";

/** Reasons, each with how often it is the one, and what to do about it. */
export function Counted({ reasons }: { reasons: { reason: Reason; count: number }[] }) {
  const t = useTexts();
  const format = useFormat();
  const explain = useExplainMatter();
  return (
    <List size="sm" listStyleType="none">
      {reasons.map(({ reason, count }) => {
        const { what, hint } = explain(reason.code, reason.what, reason.hint);
        return (
          <List.Item key={reason.code}>
            {t("times", { n: format.count(count), what })}
            {reason.hint !== "" && reason.hint !== NOTHING && ` ${hint}`}
          </List.Item>
        );
      })}
    </List>
  );
}
