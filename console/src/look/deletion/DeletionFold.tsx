import { Fold } from "../Fold";
import type { ModulePair } from "../mapping/pairs";
import { DeletionEditor } from ".";
import { HeldLink } from "./HeldLink";
import { useTexts } from "./texts";
import { useDeletionText } from "./words";

interface Props {
  pair: ModulePair;
  sides: { left: string; right: string };
  /** The integration, if there is one: deletions of it may be held. */
  name?: string;
  readOnly?: boolean;
  inner?: boolean;
  onChange: (pair: ModulePair) => void;
}

/** What deletions do, in one line, and the form behind it. */
export function DeletionFold({ pair, sides, name, inner = false, ...rest }: Props) {
  const t = useTexts();
  const { summary } = useDeletionText(sides);
  return (
    <Fold title={t("title")} summary={summary(pair)} inner={inner}>
      {name !== undefined && <HeldLink name={name} module={pair.left} />}
      <DeletionEditor pair={pair} sides={sides} {...rest} />
    </Fold>
  );
}
