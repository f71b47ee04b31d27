import { Switch } from "@mantine/core";
import type { ModulePair } from "../mapping/pairs";
import { useTexts } from "./texts";

interface Props {
  pair: ModulePair;
  /** The labels of the lookups by which its records hang on others. */
  lookups: string[];
  readOnly: boolean;
  onChange: (pair: ModulePair) => void;
}

/** Whether records that hang on others take part only with those. Where nothing is said, they do. */
export function WithParent({ pair, lookups, readOnly, onChange }: Props) {
  const t = useTexts();
  return (
    <Switch
      label={t("withParent")}
      description={t("withParentText", { fields: lookups.join(t("comma")) })}
      disabled={readOnly}
      checked={pair.only_with_parent !== false}
      onChange={(event) =>
        onChange({ ...pair, only_with_parent: event.currentTarget.checked ? null : false })
      }
    />
  );
}
