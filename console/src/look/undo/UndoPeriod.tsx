import { Button, Group, Select, Stack, Text, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useState, type SyntheticEvent } from "react";
import { useMay } from "../../shell/session";
import { clockOf, instantOf } from "../clock";
import { IconHistory } from "../icons";
import { useModuleName } from "../names";
import { useZone } from "../zone";
import { useTexts } from "./texts";
import { useUndo } from "./undo";
import { UndoDialog } from "./UndoDialog";

interface Shown {
  /** From this time on, and before that one, in milliseconds since 1970. */
  since: number | undefined;
  until: number | undefined;
  module: string | undefined;
}

interface Props extends Shown {
  integration: { name: string; left: string; right: string; modules: { left: string }[] };
}

/** The way to take back what was written in a time, which begins as the one that is shown; for administrators. */
export function UndoPeriod({ integration, ...shown }: Props) {
  const t = useTexts();
  const may = useMay("admin");
  const [opened, { open, close }] = useDisclosure();
  const undoing = useUndo(integration.name);
  if (!may) return null;
  return (
    <>
      <Button
        variant="default"
        leftSection={<IconHistory size={16} />}
        onClick={() => {
          undoing.reset();
          open();
        }}
      >
        {t("open_period")}
      </Button>
      <UndoDialog opened={opened} kind="period" integration={integration} undoing={undoing} onClose={close}>
        <Period integration={integration} shown={shown} undoing={undoing} />
      </UndoDialog>
    </>
  );
}

interface PeriodProps {
  integration: Props["integration"];
  shown: Shown;
  undoing: ReturnType<typeof useUndo>;
}

/** From when to when, and of which module. A plan that was made for something else counts no more. */
function Period({ integration, shown, undoing }: PeriodProps) {
  const t = useTexts();
  const moduleName = useModuleName();
  const zone = useZone();
  // What is shown may be exact to the millisecond; a clock time is not.
  const [first] = useState(shown);
  const clock = (at: number | undefined) => (at === undefined ? "" : clockOf(at, zone));
  const [from, setFrom] = useState(clock(first.since));
  const [until, setUntil] = useState(clock(first.until));
  const [module, setModule] = useState<string | null>(first.module ?? null);
  const instant = (text: string, shownAt: number | undefined) =>
    shownAt !== undefined && text === clock(shownAt) ? shownAt : instantOf(text, zone);
  const [start, end] = [instant(from, first.since), instant(until, first.until)];
  const backwards = start !== null && end !== null && end <= start;
  const modules = [...new Set(integration.modules.map(({ left }) => left))];
  const change = <T,>(set: (value: T) => void) => {
    return (value: T) => {
      undoing.reset();
      set(value);
    };
  };
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    if (start === null || backwards) return;
    undoing.look({
      since: start,
      ...(end === null ? {} : { until: end }),
      ...(module === null ? {} : { module }),
    });
  };
  return (
    <Stack component="form" onSubmit={submit} gap="sm">
      <Text size="sm">{t("periodText")}</Text>
      <Group gap="sm" align="flex-start" grow preventGrowOverflow={false}>
        <TextInput
          miw={200}
          type="datetime-local"
          step={1}
          data-autofocus
          required
          withAsterisk={false}
          label={t("from")}
          description={t("inZone", { zone })}
          inputWrapperOrder={["label", "input", "description", "error"]}
          value={from}
          onChange={(event) => change(setFrom)(event.currentTarget.value)}
        />
        <TextInput
          miw={200}
          type="datetime-local"
          step={1}
          label={t("until")}
          description={t("untilNow")}
          inputWrapperOrder={["label", "input", "description", "error"]}
          error={backwards ? t("backwards") : undefined}
          value={until}
          onChange={(event) => change(setUntil)(event.currentTarget.value)}
        />
      </Group>
      <Select
        label={t("module")}
        placeholder={t("anyModule")}
        clearable
        value={module}
        onChange={change(setModule)}
        data={modules.map((left) => ({ value: left, label: moduleName(left) }))}
      />
      <Button
        type="submit"
        variant={undoing.plan.isSuccess ? "default" : "filled"}
        w="fit-content"
        loading={undoing.plan.isPending}
        disabled={start === null || backwards}
      >
        {t("look")}
      </Button>
    </Stack>
  );
}
