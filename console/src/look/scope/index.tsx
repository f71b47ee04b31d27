import { NumberInput, Select, SimpleGrid, Stack, Text } from "@mantine/core";
import type { Schema } from "../../api/client";
import { SIDES, type Draft, type ModulePair } from "../mapping/pairs";
import { Counts } from "./Counts";
import { useParentLookups } from "./parents";
import { daysOf, tidyScope, type Scope } from "./scope";
import { SideEditor } from "./SideEditor";
import { useTexts } from "./texts";
import { WithParent } from "./WithParent";

interface Props {
  draft: Draft;
  /** The integration as it is saved, and its scope; null for one that is thought out. */
  saved: { name: string; scope: Scope | null } | null;
  readOnly?: boolean;
  onChange: (pair: ModulePair) => void;
}

/** Which records of a module pair take part, for each side, and what happens to those that no longer do. */
export function ScopeEditor({ draft, ...rest }: Props) {
  const pair = draft.modules[draft.at];
  return pair === undefined ? null : <Editor draft={draft} pair={pair} {...rest} />;
}

function Editor({ draft, pair, saved, readOnly = false, onChange }: Props & { pair: ModulePair }) {
  const t = useTexts();
  const lookups = useParentLookups(draft);
  const scope = pair.scope ?? {};
  const change = (more: Partial<Scope>) => onChange({ ...pair, scope: tidyScope({ ...scope, ...more }) });
  const views = SIDES.some((side) => (scope[side]?.views ?? []).length > 0);
  const days = daysOf(scope);
  return (
    <Stack gap="lg">
      <Text size="sm" c="dimmed">
        {t("text")}
      </Text>
      {SIDES.map((side) => (
        <SideEditor
          key={side}
          connection={draft[side]}
          module={pair[side]}
          scope={scope[side] ?? null}
          readOnly={readOnly}
          onChange={(next) => change({ [side]: next })}
        />
      ))}
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <Select
          label={t("leaving")}
          description={t("leavingText")}
          inputWrapperOrder={["label", "input", "description"]}
          allowDeselect={false}
          disabled={readOnly}
          value={scope.leaving ?? "keep_linked"}
          onChange={(leaving) => change({ leaving: leaving as Schema<"LeavingPolicy"> })}
          data={(["keep_linked", "stop_updates", "stop_sending", "unlink"] as const).map((value) => ({
            value,
            label: t(`leaving_${value}`),
          }))}
        />
        {views && (
          <Select
            label={t("viewChanges")}
            description={t("viewChangesText")}
            inputWrapperOrder={["label", "input", "description"]}
            allowDeselect={false}
            disabled={readOnly}
            value={scope.view_changes ?? "ask"}
            onChange={(value) => change({ view_changes: value as Schema<"ViewChanges"> })}
            data={(["ask", "apply"] as const).map((value) => ({ value, label: t(`viewChanges_${value}`) }))}
          />
        )}
        <NumberInput
          label={t("window")}
          description={t("windowText")}
          inputWrapperOrder={["label", "input", "description"]}
          placeholder={t("noWindow")}
          allowDecimal={false}
          allowNegative={false}
          min={1}
          max={36_500}
          disabled={readOnly}
          value={days ?? ""}
          suffix={t("days")}
          onChange={(value) =>
            change({ created_within: typeof value === "number" && value > 0 ? `${value}d` : null })
          }
        />
        {days !== null && (
          <Select
            label={t("windowApplies")}
            allowDeselect={false}
            disabled={readOnly}
            value={scope.apply_window_to_updates === true ? "ever" : "changed"}
            onChange={(value) => change({ apply_window_to_updates: value === "ever" })}
            data={(["changed", "ever"] as const).map((value) => ({ value, label: t(`window_${value}`) }))}
          />
        )}
      </SimpleGrid>
      {lookups.length > 0 && (
        <WithParent pair={pair} lookups={lookups} readOnly={readOnly} onChange={onChange} />
      )}
      <Counts draft={draft} saved={saved} />
    </Stack>
  );
}
