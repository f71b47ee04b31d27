import { Stack, Text } from "@mantine/core";
import { api, ask } from "../../api/client";
import { ProblemError } from "../../api/problem";
import { ConfirmDialog } from "../../look/ConfirmDialog";
import { Cascades } from "../../look/deletion/Cascades";
import { cascadesOf } from "../../look/deletion/policy";
import { useStartJob } from "../../look/job";
import type { Draft } from "./draft";
import { LossyPairs } from "./LossyPairs";
import { PlanRun } from "./PlanRun";
import { useTexts } from "./texts";

interface Props {
  draft: Draft;
  set: (change: Partial<Draft>) => void;
  clear: () => void;
}

/** Saves the integration paused, has its plan made, shows it, and starts. */
export function PlanStep({ draft, set, clear }: Props) {
  const t = useTexts();
  const { name, left, right, modules, owners } = draft;
  const params = { params: { path: { name } } };

  const make = useStartJob(
    async (typed: string | null) => {
      const body = { modules, owners, ...(typed === null ? {} : { confirm_deletion: typed }) };
      if (draft.saved) await ask(api.PATCH("/api/v1/integrations/{name}", { ...params, body }));
      else
        await ask(api.POST("/api/v1/integrations", { body: { ...body, name, left, right, start: false } }));
      set({ saved: true });
      return ask(api.POST("/api/v1/integrations/{name}/plan", params));
    },
    (started) => set({ job: started }),
  );
  // Deletions that take everything along have to be agreed to.
  const refused = make.error instanceof ProblemError ? make.error.problem.code : null;
  const unconfirmed = refused === "deletion.unconfirmed";
  const lossy = refused === "mapping.lossy";
  return (
    <Stack>
      <Text size="sm" c="dimmed">
        {t("planText")}
      </Text>
      <PlanRun
        integration={{ name, left, right }}
        job={draft.job}
        make={unconfirmed ? { isPending: make.isPending, error: null } : make}
        onMake={() => make.mutate(null)}
        onLeave={clear}
      >
        {lossy && (
          <LossyPairs
            draft={draft}
            onChange={(changed) => {
              set({ modules: changed, job: null });
              make.reset();
            }}
          />
        )}
        <ConfirmDialog
          opened={unconfirmed}
          title={t("confirmDeletion")}
          text={<Cascades cascades={cascadesOf(name, modules)} sides={{ left, right }} />}
          action={t("makePlan")}
          name={name}
          pending={false}
          error={null}
          onClose={() => make.reset()}
          onConfirm={() => make.mutate(name)}
        />
      </PlanRun>
    </Stack>
  );
}
