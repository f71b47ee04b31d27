import { MultiSelect, Select, SimpleGrid } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import type { Schema } from "../../api/client";
import { fieldsQuery } from "../../api/queries";
import { useWords } from "../../look/words";
import type { Pair } from "./draft";
import { PairPolicies } from "./PairPolicies";
import { useTexts } from "./texts";

interface Props {
  pair: Pair;
  /** The connections. */
  sides: { left: string; right: string };
  onChange: (pair: Pair) => void;
  /** What stands before them. */
  children?: ReactNode;
}

const CONFLICTS = ["latest", "left", "right", "skip", "hold"] as const;

/** Direction, matching and rules of a module pair: in the wizard, and in the settings of one that runs. */
export function PairChoices({ pair, sides, onChange, children }: Props) {
  const t = useTexts();
  const words = useWords();
  const fields = useQuery(fieldsQuery(sides.left, pair.left));
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
        <MultiSelect
          label={t("match")}
          description={t("matchText")}
          inputWrapperOrder={["label", "input", "description"]}
          searchable
          value={pair.match.map((by) => (typeof by === "string" ? by : by.left))}
          onChange={(match) => onChange({ ...pair, match })}
          data={(fields.data?.items ?? []).map(({ api_name, label }) => ({
            value: api_name,
            label: `${label} (${api_name})`,
          }))}
        />
        <Select
          label={t("conflict")}
          allowDeselect={false}
          value={pair.conflict}
          onChange={(conflict) => onChange({ ...pair, conflict: conflict as Schema<"ConflictPolicy"> })}
          data={CONFLICTS.map((value) => ({ value, label: words(`conflict.${value}`, sides) }))}
        />
      </SimpleGrid>
      <PairPolicies pair={pair} sides={sides} onChange={onChange} />
    </>
  );
}
