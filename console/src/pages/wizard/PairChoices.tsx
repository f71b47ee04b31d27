import { Select, SimpleGrid } from "@mantine/core";
import type { ReactNode } from "react";
import type { Schema } from "../../api/client";
import { MatchingEditor } from "../../look/matching";
import { useWords } from "../../look/words";
import type { Pair } from "./draft";
import { PairPolicies } from "./PairPolicies";
import { useTexts } from "./texts";

interface Props {
  pair: Pair;
  /** The connections. */
  sides: { left: string; right: string };
  readOnly?: boolean;
  onChange: (pair: Pair) => void;
  /** What stands before them. */
  children?: ReactNode;
}

const CONFLICTS = ["latest", "left", "right", "skip", "hold"] as const;

/** Direction, matching and rules of a module pair: in the wizard, and in the settings of one that runs. */
export function PairChoices({ pair, sides, readOnly = false, onChange, children }: Props) {
  const t = useTexts();
  const words = useWords();
  return (
    <>
      <SimpleGrid cols={{ base: 1, xs: 2 }}>
        {children}
        <Select
          label={t("direction")}
          allowDeselect={false}
          value={pair.direction}
          onChange={(direction) => onChange({ ...pair, direction: direction as Schema<"Direction"> })}
          data={[
            { value: "both", label: `${words("twoWay")}: ${sides.left} ↔ ${sides.right}` },
            { value: "left_to_right", label: `${words("oneWay")}: ${sides.left} → ${sides.right}` },
            { value: "right_to_left", label: `${words("oneWay")}: ${sides.left} ← ${sides.right}` },
          ]}
        />
        <Select
          label={t("conflict")}
          allowDeselect={false}
          value={pair.conflict}
          onChange={(conflict) => onChange({ ...pair, conflict: conflict as Schema<"ConflictPolicy"> })}
          data={CONFLICTS.map((value) => ({ value, label: words(`conflict.${value}`, sides) }))}
        />
      </SimpleGrid>
      <MatchingEditor pair={pair} sides={sides} readOnly={readOnly} onChange={onChange} />
      <PairPolicies pair={pair} sides={sides} onChange={onChange} />
    </>
  );
}
