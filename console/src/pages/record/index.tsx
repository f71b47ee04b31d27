import { Paper, SegmentedControl, Skeleton, Stack, Text, Timeline } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useParams, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { ProblemError } from "../../api/problem";
import { explainQuery, linkQuery, statusQuery } from "../../api/queries";
import { TakeApart } from "../../look/candidates/TakeApart";
import { CardTitle } from "../../look/CardTitle";
import { ErrorState } from "../../look/ErrorState";
import { ExplanationCard } from "../../look/explanation";
import { Entry } from "../../look/journal/Entry";
import { useFieldName, useModuleName } from "../../look/names";
import { PageHead } from "../../look/PageHead";
import { useMay } from "../../shell/session";
import { Undo } from "../../look/undo";
import { Fields } from "./Fields";
import { Side } from "./Side";
import { useTexts } from "./texts";
import { Tie } from "./Tie";

/** `/integrations/$name/$module/$leftId`: one pair, both sides beside each other, and what happened to it. */
export function RecordPage() {
  const t = useTexts();
  const moduleName = useModuleName();
  const fieldName = useFieldName();
  const { side = "left" } = useSearch({ from: "/inside/integrations/$name/$module/$leftId" });
  const { name, module, leftId } = useParams({ from: "/inside/integrations/$name/$module/$leftId" });
  const [only, setOnly] = useState<"all" | "differing">("all");
  const may = useMay("admin");
  const status = useQuery(statusQuery);
  // The address names a record of the right side only where it is none of a pair.
  const link = useQuery({ ...linkQuery(name, module, leftId), enabled: side === "left" });
  const alone = side === "right" || (link.error instanceof ProblemError && link.error.problem.status === 404);
  // Who is one of no pair goes by the name that the explanation knows.
  const explained = useQuery({ ...explainQuery(name, module, side, leftId), enabled: alone });
  const integration = status.data?.integrations.find((each) => each.name === name);
  const sides = { left: integration?.left ?? "left", right: integration?.right ?? "right" };
  const rightModule = integration?.modules.find((each) => each.left === module)?.right ?? module;
  const tie = may && integration !== undefined && (
    <Tie
      key={`${side} ${leftId}`}
      name={name}
      sides={sides}
      modules={{ left: module, right: rightModule }}
      side={side}
      id={leftId}
    />
  );
  const trail = [
    { label: t("trail"), to: "/integrations" as const },
    { label: name, to: "/integrations/$name" as const, params: { name } },
  ];
  if (link.data === undefined) {
    return (
      <>
        <PageHead title={explained.data?.label ?? leftId} trail={trail} text={moduleName(module)} />
        {alone ? (
          <Stack>
            <ExplanationCard name={name} module={module} side={side} id={leftId} />
            {tie}
          </Stack>
        ) : link.isPending ? (
          <Skeleton h={360} />
        ) : (
          <ErrorState error={link.error} retry={link.refetch} />
        )}
      </>
    );
  }
  const { fields, history, right_id } = link.data;
  const untied = link.data.state === "untied";
  const differing = fields.filter(({ state }) => state !== "agrees");
  // Each side names a field in its own words.
  const names = (side: "left" | "right") => (api: string) => {
    const found = fields.find((field) => field[side] === api);
    return found === undefined ? fieldName(api) : side === "left" ? found.label_left : found.label_right;
  };
  return (
    <>
      <PageHead title={link.data.label ?? leftId} trail={trail} text={moduleName(module)}>
        {may && !untied && (
          <TakeApart name={name} module={module} leftId={leftId} about={link.data.label ?? leftId} />
        )}
      </PageHead>
      <Stack>
        <Paper>
          <Stack gap={0}>
            <div style={{ display: "flex", flexWrap: "wrap" }}>
              <Side name={sides.left} module={module} id={leftId} at={link.data.left_modified_at} />
              <Side name={sides.right} module={rightModule} id={right_id} at={link.data.right_modified_at} />
            </div>
          </Stack>
        </Paper>
        <ExplanationCard name={name} module={module} side="left" id={leftId} />
        {untied && tie}
        <Paper p="md">
          <CardTitle title={t("fields")}>
            <SegmentedControl
              size="xs"
              aria-label={t("show")}
              value={only}
              onChange={(value) => setOnly(value)}
              data={[
                { value: "all", label: t("all") },
                { value: "differing", label: `${t("differing")} (${differing.length})` },
              ]}
            />
          </CardTitle>
          <Fields fields={only === "all" ? fields : differing} sides={sides} />
        </Paper>
        <Paper p="md">
          <CardTitle title={t("history")}>
            {history.length > 0 && (
              <Undo
                kind="record"
                integration={{ name, ...sides }}
                of={{ module, record: leftId }}
                called={(side, field) => names(side)(field)}
              />
            )}
          </CardTitle>
          {history.length === 0 ? (
            <Text size="sm" c="dimmed">
              {t("noHistory")}
            </Text>
          ) : (
            <Timeline bulletSize={12} lineWidth={2} active={-1}>
              {history.map((entry) => (
                <Timeline.Item key={entry.number}>
                  <Entry
                    entry={{ ...entry, label: entry.label ?? link.data.label ?? null }}
                    sides={sides}
                    names={names(entry.side)}
                  />
                </Timeline.Item>
              ))}
            </Timeline>
          )}
        </Paper>
      </Stack>
    </>
  );
}
