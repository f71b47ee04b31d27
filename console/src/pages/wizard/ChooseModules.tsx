import { Select, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { modulesQuery } from "../../api/queries";
import { ErrorState } from "../../look/ErrorState";
import { newPair, type Chosen, type Draft, type Pair } from "./draft";
import { PairForm } from "./PairForm";
import { useTexts } from "./texts";

interface Props {
  draft: Chosen;
  /** So many of the pairs are synced already, and are not chosen here. */
  kept?: number;
  set: (change: Pick<Partial<Draft>, "modules" | "job">) => void;
}

/** Which modules, which way, how records are matched and conflicts settled. */
export function ChooseModules({ draft, kept = 0, set }: Props) {
  const t = useTexts();
  const left = useQuery(modulesQuery(draft.left));
  const right = useQuery(modulesQuery(draft.right));
  const change = (at: number, pair: Pair | null) =>
    set({
      modules: draft.modules.flatMap((each, index) => (index !== at ? [each] : pair === null ? [] : [pair])),
      job: null,
    });
  const options = (items: { api_name: string; plural_label: string }[] | undefined) =>
    (items ?? []).map(({ api_name, plural_label }) => ({
      value: api_name,
      label: plural_label === api_name ? api_name : `${plural_label} (${api_name})`,
    }));
  const unused = options(left.data?.items).filter(
    ({ value }) => !draft.modules.some((pair) => pair.left === value),
  );
  const problem = left.error ?? right.error;
  return (
    <Stack>
      <div>
        <Title order={2}>{t(kept > 0 ? "pickMore" : "pickModules")}</Title>
        <Text size="sm" c="dimmed">
          {t(kept > 0 ? "pickMoreText" : "pickModulesText")}
        </Text>
      </div>
      {problem && <ErrorState error={problem} retry={() => Promise.all([left.refetch(), right.refetch()])} />}
      {kept === 0 && draft.modules.length === 0 && (
        <Text size="sm" c="dimmed">
          {t("noModules")}
        </Text>
      )}
      {draft.modules.slice(kept).map((pair, at) => (
        <PairForm
          key={pair.left}
          pair={pair}
          draft={draft}
          rightModules={options(right.data?.items)}
          onChange={(changed) => change(kept + at, changed)}
        />
      ))}
      <Select
        key={draft.modules.length}
        placeholder={t("addModule")}
        aria-label={t("addModule")}
        searchable
        disabled={left.isPending}
        data={unused}
        nothingFoundMessage={t("noMoreModules")}
        value={null}
        maw={360}
        onChange={(value) => {
          if (value !== null) set({ modules: [...draft.modules, newPair(value)], job: null });
        }}
      />
    </Stack>
  );
}
