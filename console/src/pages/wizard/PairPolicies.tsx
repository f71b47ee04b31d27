import { Button, Collapse, Select, SimpleGrid, Switch } from "@mantine/core";
import { useDisclosure, useId } from "@mantine/hooks";
import type { Schema } from "../../api/client";
import { IconChevronDown } from "../../look/icons";
import { useWords } from "../../look/words";
import type { Pair } from "./draft";
import { useTexts } from "./texts";

interface Props {
  pair: Pair;
  sides: { left: string; right: string };
  onChange: (pair: Pair) => void;
}

/** `initial` when nothing is said: as for later changes. */
const AS_CONFLICT = "as_conflict";

/** What is seldom changed about a module pair: first meetings, blanks, automations. */
export function PairPolicies({ pair, sides, onChange }: Props) {
  const t = useTexts();
  const words = useWords();
  const [opened, { toggle }] = useDisclosure(false);
  const id = useId();
  return (
    <>
      <Button
        mt="xs"
        variant="subtle"
        size="compact-sm"
        aria-expanded={opened}
        aria-controls={id}
        rightSection={<IconChevronDown size={14} style={{ rotate: opened ? "180deg" : "none" }} />}
        onClick={toggle}
      >
        {t("more")}
      </Button>
      <Collapse expanded={opened} id={id}>
        <SimpleGrid cols={{ base: 1, xs: 2 }} mt="xs">
          <Select
            label={t("initial")}
            description={t("initialText")}
            inputWrapperOrder={["label", "input", "description"]}
            allowDeselect={false}
            value={pair.initial ?? AS_CONFLICT}
            onChange={(value) =>
              onChange({
                ...pair,
                initial: value === AS_CONFLICT ? null : value,
              })
            }
            data={[
              { value: AS_CONFLICT, label: t("initialAsConflict") },
              { value: "latest", label: words("conflict.latest") },
              { value: "left", label: words("conflict.left", sides) },
              { value: "right", label: words("conflict.right", sides) },
              { value: "fill_blanks", label: t("initialFillBlanks") },
              { value: "hold", label: words("conflict.hold") },
            ]}
          />
          <Select
            label={t("master")}
            description={t("masterText")}
            inputWrapperOrder={["label", "input", "description"]}
            allowDeselect={false}
            value={pair.master}
            onChange={(master) => onChange({ ...pair, master: master as Schema<"Side"> })}
            data={[
              { value: "left", label: sides.left },
              { value: "right", label: sides.right },
            ]}
          />
          <Select
            label={t("blank")}
            allowDeselect={false}
            value={pair.blank}
            onChange={(blank) => onChange({ ...pair, blank: blank as Schema<"BlankPolicy"> })}
            data={[
              { value: "clear", label: t("blankClear") },
              { value: "keep", label: t("blankKeep") },
              { value: "clear_from_master", label: t("blankClearFromMaster", { name: sides[pair.master] }) },
            ]}
          />
          <Select
            label={t("automations")}
            allowDeselect={false}
            value={pair.automations}
            onChange={(automations) =>
              onChange({ ...pair, automations: automations as Schema<"AutomationPolicy"> })
            }
            data={[
              { value: "after_load", label: t("automationsAfterLoad") },
              { value: "always", label: t("automationsAlways") },
              { value: "never", label: t("automationsNever") },
            ]}
          />
          <Select
            label={t("bulk")}
            allowDeselect={false}
            value={pair.bulk}
            onChange={(bulk) => onChange({ ...pair, bulk: bulk as Schema<"BulkChoice"> })}
            data={[
              { value: "auto", label: t("bulkAuto") },
              { value: "always", label: t("bulkAlways") },
              { value: "never", label: t("bulkNever") },
            ]}
          />
        </SimpleGrid>
        <Switch
          mt="sm"
          label={t("tags")}
          description={t("tagsText")}
          checked={pair.tags}
          onChange={(event) => onChange({ ...pair, tags: event.currentTarget.checked })}
        />
        <Switch
          mt="sm"
          label={t("attachments")}
          description={t("attachmentsText")}
          checked={pair.attachments !== false}
          onChange={(event) => onChange({ ...pair, attachments: event.currentTarget.checked })}
        />
      </Collapse>
    </>
  );
}
