import { Button, Group, Paper, Skeleton, Stack, Stepper, Text } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { api, ask, type Schema } from "../../api/client";
import { integrationQuery, statusQuery } from "../../api/queries";
import { ErrorState } from "../../look/ErrorState";
import { useStartJob } from "../../look/job";
import { isSame } from "../../look/mapping/pairs";
import { PageHead } from "../../look/PageHead";
import { AskToLeave } from "../../look/Unsaved";
import { useWords } from "../../look/words";
import { useMay } from "../../shell/session";
import { ChooseModules } from "../wizard/ChooseModules";
import { filled, type Pair } from "../wizard/draft";
import { Mapping } from "../wizard/Mapping";
import { PlanRun } from "../wizard/PlanRun";
import { Confirm } from "./Confirm";
import { useTexts } from "./texts";

/** `/integrations/$name/add-module`: more module pairs for an integration that there is, with everything shown before it is saved. */
export function AddingPage() {
  const t = useTexts();
  const words = useWords();
  const may = useMay("admin");
  const { name } = useParams({ from: "/inside/integrations/$name/add-module" });
  const query = useQuery(integrationQuery(name));
  const head = (
    <PageHead
      title={t("title", { name })}
      text={query.data && `${query.data.left} ↔ ${query.data.right}`}
      trail={[
        { label: t("trail"), to: "/integrations" },
        { label: name, to: "/integrations/$name", params: { name } },
      ]}
    />
  );
  if (query.data === undefined) {
    return (
      <>
        {head}
        {query.isPending ? <Skeleton h={320} /> : <ErrorState error={query.error} retry={query.refetch} />}
      </>
    );
  }
  return (
    <>
      {head}
      {may ? (
        <Adding key={name} integration={query.data} />
      ) : (
        <Text size="sm" c="dimmed" role="status">
          {words("readOnly")}
        </Text>
      )}
    </>
  );
}

/** Modules, their fields, what is saved; and the plan, for those who want to see it before anything is written. */
function Adding({ integration }: { integration: Schema<"Integration"> }) {
  const t = useTexts();
  const narrow = useMediaQuery("(max-width: 48em)");
  const navigate = useNavigate();
  const { job } = useSearch({ from: "/inside/integrations/$name/add-module" });
  const [step, setStep] = useState<0 | 1 | 2>(0);
  const [chosen, setChosen] = useState<Pair[]>([]);
  const [saved, setSaved] = useState(false);
  const { name, left, right, owners } = integration;
  const params = { path: { name } };
  // The pairs that are there as they are now: nobody's change of them is undone.
  const there = integration.modules.map(filled);
  const added = chosen.filter((pair) => !there.some((each) => isSame(each, pair)));
  const draft = { left, right, owners, modules: [...there, ...added] };
  const kept = there.length;
  const set = ({ modules }: { modules?: Pair[] }) => modules && setChosen(modules.slice(kept));
  const make = useStartJob(
    () => ask(api.POST("/api/v1/integrations/{name}/plan", { params })),
    (id) =>
      void navigate({
        to: "/integrations/$name/add-module",
        params: { name },
        search: { job: id },
        replace: true,
        ignoreBlocker: true,
      }),
  );
  const { data: paused = true } = useQuery({
    ...statusQuery,
    select: ({ integrations }) => integrations.find((each) => each.name === name)?.state === "paused",
  });
  const planning = saved || job !== undefined;
  const active = planning ? 3 : step;
  const steps = [t("step1"), t("step2"), t("step3"), ...(planning ? [t("step4")] : [])];
  const go = (to: number) => setStep(to <= 0 ? 0 : to === 1 ? 1 : 2);
  return (
    <Stack maw={active === 1 ? 1040 : 880}>
      <Stepper
        active={active}
        onStepClick={go}
        allowNextStepsSelect={false}
        size="sm"
        {...(narrow ? { iconSize: 30 } : {})}
      >
        {steps.map((label, at) => (
          <Stepper.Step
            key={label}
            label={narrow && at !== active ? "" : label}
            aria-label={label}
            allowStepSelect={!planning && at < active}
          />
        ))}
      </Stepper>
      <Paper p={{ base: "md", sm: "lg" }}>
        {active === 0 && <ChooseModules draft={draft} kept={kept} set={set} />}
        {active === 1 && <Mapping draft={draft} kept={kept} set={set} />}
        {active === 2 && (
          <Confirm
            integration={integration}
            there={there}
            added={added}
            onChange={setChosen}
            onPlan={() => {
              setSaved(true);
              make.mutate();
            }}
          />
        )}
        {planning && (
          <Stack>
            {paused && (
              <Text size="sm" role="status">
                {t("saved_plan", { name })}
              </Text>
            )}
            <PlanRun integration={integration} job={job} make={make} onMake={() => make.mutate()} />
          </Stack>
        )}
      </Paper>
      {!planning && (
        <Group justify="space-between">
          <Button variant="default" disabled={step === 0} onClick={() => go(step - 1)}>
            {t("back")}
          </Button>
          {step < 2 && (
            <Button disabled={added.length === 0} onClick={() => go(step + 1)}>
              {t("next")}
            </Button>
          )}
        </Group>
      )}
      <AskToLeave dirty={added.length > 0 && !planning} />
    </Stack>
  );
}
