import { Button, Group, Paper, Stack, Stepper, Text } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { useState } from "react";
import { PageHead } from "../../look/PageHead";
import { ChooseConnections } from "./ChooseConnections";
import { ChooseModules } from "./ChooseModules";
import { complete, EMPTY, useDraft, type Draft } from "./draft";
import { Mapping } from "./Mapping";
import { PlanStep } from "./PlanStep";
import { useTexts } from "./texts";

/** `/integrations/new`: from two connections to a running integration, with everything shown before anything is written. */
export function WizardPage() {
  const t = useTexts();
  const [draft, setDraft] = useDraft();
  const [resumed] = useState(draft.step > 0);
  const narrow = useMediaQuery("(max-width: 48em)");
  const set = (change: Partial<Draft>) => setDraft((before) => ({ ...before, ...change }));
  const steps = [t("step1"), t("step2"), t("step3"), t("step4")];
  const go = (step: number) => set({ step: Math.min(3, Math.max(0, step)) as Draft["step"] });
  return (
    <>
      <PageHead title={t("title")} text={t("subtitle")} trail={[{ label: t("trail"), to: "/integrations" }]}>
        {draft.step > 0 && (
          <Button variant="subtle" color="gray" onClick={() => setDraft(EMPTY)}>
            {t("again")}
          </Button>
        )}
      </PageHead>
      <Stack maw={draft.step === 2 ? 1040 : 880}>
        <Stepper
          active={draft.step}
          onStepClick={go}
          allowNextStepsSelect={false}
          size="sm"
          {...(narrow ? { iconSize: 30 } : {})}
        >
          {steps.map((label, at) => (
            <Stepper.Step key={label} label={narrow && at !== draft.step ? "" : label} aria-label={label} />
          ))}
        </Stepper>
        {resumed && (
          <Text size="sm" c="dimmed" role="status">
            {t("resumed")}
          </Text>
        )}
        <Paper p={{ base: "md", sm: "lg" }}>
          {draft.step === 0 && <ChooseConnections draft={draft} set={set} />}
          {draft.step === 1 && <ChooseModules draft={draft} set={set} />}
          {draft.step === 2 && <Mapping draft={draft} set={set} />}
          {draft.step === 3 && <PlanStep draft={draft} set={set} clear={() => setDraft(EMPTY)} />}
        </Paper>
        <Group justify="space-between">
          <Button variant="default" disabled={draft.step === 0} onClick={() => go(draft.step - 1)}>
            {t("back")}
          </Button>
          {draft.step < 3 && (
            <Button disabled={!complete(draft)} onClick={() => go(draft.step + 1)}>
              {t("next")}
            </Button>
          )}
        </Group>
      </Stack>
    </>
  );
}
