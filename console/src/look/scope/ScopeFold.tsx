import { Fold } from "../Fold";
import type { Draft, ModulePair } from "../mapping/pairs";
import { ScopeEditor } from ".";
import { useParentLookups } from "./parents";
import type { Scope } from "./scope";
import { useTexts } from "./texts";
import { useScopeText, useWithParentText } from "./words";

interface Props {
  draft: Draft;
  pair: ModulePair;
  saved: { name: string; scope: Scope | null } | null;
  readOnly?: boolean;
  inner?: boolean;
  onChange: (pair: ModulePair) => void;
}

/** Which records take part, in one line, and the form behind it. */
export function ScopeFold({ draft, pair, inner = false, ...rest }: Props) {
  const t = useTexts();
  const text = useScopeText(draft, pair);
  const withParent = useWithParentText();
  const hangs = useParentLookups(draft).length > 0;
  const said = [text(pair.scope), ...(hangs ? [withParent(pair.only_with_parent)] : [])];
  return (
    <Fold title={t("title")} summary={said.join("; ")} inner={inner}>
      <ScopeEditor draft={draft} {...rest} />
    </Fold>
  );
}
