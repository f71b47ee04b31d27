import { Fold } from "../Fold";
import type { Draft } from "../mapping/pairs";
import { OwnersEditor } from ".";
import { standInOf, type Owners } from "./owners";
import { useTexts } from "./texts";

interface Props {
  draft: Draft;
  onChange: (owners: Owners) => void;
}

/** Whose records become whose, in one line, and the form behind it. */
export function OwnersFold({ draft, onChange }: Props) {
  const t = useTexts();
  const pairs = draft.owners.table?.length ?? 0;
  const summary = [
    ...(pairs === 0 ? [] : [t("pairs", { count: pairs, n: String(pairs) })]),
    t("byAddress"),
    t(`fallback_${standInOf(draft.owners).kind}`),
  ];
  return (
    <Fold title={t("title")} summary={summary.join(" · ")}>
      <OwnersEditor draft={draft} readOnly={false} onChange={onChange} />
    </Fold>
  );
}
