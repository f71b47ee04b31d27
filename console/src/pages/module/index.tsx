import { Alert, Button, Paper, Skeleton, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useState } from "react";
import type { Schema } from "../../api/client";
import { integrationQuery, statusQuery } from "../../api/queries";
import { DeletionFold } from "../../look/deletion/DeletionFold";
import { EmptyState } from "../../look/EmptyState";
import { ErrorState } from "../../look/ErrorState";
import { useFormat } from "../../look/format";
import { IconAlertTriangle, IconTable } from "../../look/icons";
import { MappingEditor } from "../../look/mapping";
import { isSame, type ModulePair } from "../../look/mapping/pairs";
import { usePairName } from "../../look/names";
import { PageHead } from "../../look/PageHead";
import { ScopeFold } from "../../look/scope/ScopeFold";
import { ViewsChanged } from "../../look/scope/ViewsChanged";
import { BAR, Unsaved } from "../../look/Unsaved";
import { useWords } from "../../look/words";
import { useMay } from "../../shell/session";
import { filled, newPair } from "../wizard/draft";
import { PairChoices } from "../wizard/PairChoices";
import { differences } from "./differences";
import { ReviewDialog } from "./ReviewDialog";
import { TakeOut } from "./TakeOut";
import { useTexts } from "./texts";

/** `/integrations/$name/modules/$left/$right/settings`: how a module pair is kept in agreement, while it is. */
export function ModulePage() {
  const t = useTexts();
  const pairName = usePairName();
  const { name, left, right } = useParams({
    from: "/inside/integrations/$name/modules/$left/$right/settings",
  });
  const query = useQuery(integrationQuery(name));
  const title = t("title", { pair: pairName(left, right) });
  const head = (
    <PageHead
      title={title}
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
  const modules = query.data.modules.map(filled);
  const at = modules.findIndex((pair) => isSame(pair, { left, right }));
  if (at < 0) {
    return (
      <>
        {head}
        <Paper>
          <EmptyState icon={<IconTable size={22} />} title={t("noPair")} text={t("noPairText", { name })} />
        </Paper>
      </>
    );
  }
  return (
    <>
      {head}
      <Settings key={`${name} ${left} ${right}`} integration={query.data} all={modules} at={at} />
    </>
  );
}

interface Props {
  integration: Schema<"Integration">;
  /** As the hub has them now. */
  all: ModulePair[];
  at: number;
}

function Settings({ integration, all, at }: Props) {
  const t = useTexts();
  const words = useWords();
  const format = useFormat();
  const may = useMay("admin");
  const saved = all[at] ?? newPair("");
  /** What the edits began from. */
  const [before, setBefore] = useState(saved);
  const [pair, setPair] = useState(saved);
  const [reviewing, setReviewing] = useState(false);
  const count = differences(before, pair).length;
  const dirty = count > 0;
  const overtaken = differences(before, saved).length > 0;
  const begin = (from: ModulePair) => {
    setBefore(from);
    setPair(from);
  };
  // The other pairs as they are now: nobody's change of them is undone.
  const modules = all.map((each, place) => (place === at ? pair : each));
  const sides = { left: integration.left, right: integration.right };
  const draft = { ...sides, modules, owners: integration.owners, at };
  // The status comes anew all the time; only this of it is shown here.
  const { data: viewsChanged = false } = useQuery({
    ...statusQuery,
    select: ({ integrations }) => {
      const here = integrations.find(({ name }) => name === integration.name);
      return here?.modules.find((module) => isSame(module, pair))?.views_changed === true;
    },
  });
  return (
    <Stack maw={1100} pb={dirty ? BAR : 0}>
      {!may && (
        <Text size="sm" c="dimmed" role="status">
          {words("readOnly")}
        </Text>
      )}
      {viewsChanged && <ViewsChanged name={integration.name} sides={sides} module={pair} may={may} />}
      {overtaken && (
        <Alert color="orange" icon={<IconAlertTriangle size={18} />} title={t("overtaken")}>
          <Button size="compact-sm" variant="default" onClick={() => begin(saved)}>
            {t("takeOver")}
          </Button>
        </Alert>
      )}
      <Paper p={{ base: "md", sm: "lg" }} component="section" aria-label={t("rules")}>
        <Title order={2} mb="sm">
          {t("rules")}
        </Title>
        <fieldset disabled={!may} style={{ border: 0, margin: 0, padding: 0, minWidth: 0 }}>
          <PairChoices pair={pair} sides={sides} readOnly={!may} onChange={setPair} />
        </fieldset>
      </Paper>
      <ScopeFold
        draft={draft}
        pair={pair}
        saved={{ name: integration.name, scope: before.scope }}
        readOnly={!may}
        onChange={setPair}
      />
      <DeletionFold pair={pair} sides={sides} name={integration.name} readOnly={!may} onChange={setPair} />
      <section aria-label={t("mapping")}>
        <Title order={2} mb={4}>
          {t("mapping")}
        </Title>
        <MappingEditor draft={draft} readOnly={!may} onChange={setPair} />
      </section>
      {may && <TakeOut name={integration.name} draft={{ ...draft, modules: all }} dirty={dirty} />}
      <Unsaved
        dirty={dirty}
        text={t("changes", { count, n: format.count(count) })}
        onDiscard={() => begin(saved)}
      >
        <Button onClick={() => setReviewing(true)}>{t("reviewAndSave")}</Button>
      </Unsaved>
      {reviewing && (
        <ReviewDialog
          name={integration.name}
          draft={draft}
          before={all}
          onChange={setPair}
          onClose={() => setReviewing(false)}
          onSaved={() => {
            begin(pair);
            setReviewing(false);
          }}
        />
      )}
    </Stack>
  );
}
