import { Button, Group, Loader, Paper, SimpleGrid, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Schema } from "../../api/client";
import { Figure } from "../Figure";
import { useFormat } from "../format";
import { SIDES, type Draft } from "../mapping/pairs";
import { isAlike } from "../mapping/same";
import { Problem } from "../Problem";
import { useSettled } from "../settled";
import { countQuery } from "./queries";
import { unfinishedIn, type Scope } from "./scope";
import { useTexts } from "./texts";

interface Props {
  draft: Draft;
  saved: { name: string; scope: Scope | null } | null;
}

/** How many records of each side take part: counted as soon as something is changed, otherwise when somebody asks, as whole modules are read for it. */
export function Counts({ draft, saved }: Props) {
  const t = useTexts();
  const format = useFormat();
  const [asked, setAsked] = useState(false);
  const settled = useSettled(draft, 700);
  const scope = draft.modules[draft.at]?.scope ?? null;
  const before = saved?.scope ?? null;
  const open = unfinishedIn(scope);
  const settledScope = settled.modules[settled.at]?.scope ?? null;
  const wanted = (asked || !isAlike(settledScope, before)) && unfinishedIn(settledScope) === 0;
  const query = useQuery(countQuery(settled, saved?.name ?? null, wanted));
  const credits = query.data && query.data.left.credits + query.data.right.credits;
  return (
    <Paper p="md" bg="var(--page)" component="section" aria-label={t("counts")}>
      <Group justify="space-between" gap="sm" mb={wanted ? "xs" : 0}>
        <Group gap="xs">
          <Title order={3} fz="sm">
            {t("counts")}
          </Title>
          {query.isFetching && <Loader size={14} aria-label={t("counting")} />}
        </Group>
        {!wanted && open === 0 && (
          <Button size="compact-sm" variant="default" onClick={() => setAsked(true)}>
            {t("count")}
          </Button>
        )}
      </Group>
      <div role="status">
        {open > 0 && (
          <Text size="sm" c="var(--warning)">
            {t("unfinished", { count: open, n: format.count(open) })}
          </Text>
        )}
        {wanted && query.data && (
          <SimpleGrid cols={{ base: 1, xs: 2 }} style={{ opacity: query.isPlaceholderData ? 0.5 : 1 }}>
            {SIDES.map((side) => (
              <OneSide
                key={side}
                name={draft[side]}
                count={query.data[side]}
                // What is thought out takes the place of nothing.
                compared={saved !== null}
              />
            ))}
          </SimpleGrid>
        )}
      </div>
      {wanted && query.isError && <Problem error={query.error} />}
      <Text size="xs" c="dimmed" mt="xs">
        {wanted && credits !== undefined && credits > 0
          ? t("credits", { credits: format.count(credits) })
          : t("countText")}
      </Text>
    </Paper>
  );
}

interface SideProps {
  name: string;
  count: Schema<"SideScopeCount">;
  compared: boolean;
}

function OneSide({ name, count, compared }: SideProps) {
  const t = useTexts();
  const format = useFormat();
  const { inside, total, entering, leaving } = count;
  return (
    <div>
      <Figure
        label={name}
        value={t("inside", { inside: format.count(inside), total: format.count(total) })}
      />
      {compared && (
        <Text size="xs" c="dimmed">
          {[
            ...(entering > 0 ? [t("entering", { count: entering, n: format.count(entering) })] : []),
            ...(leaving > 0 ? [t("leavingCount", { count: leaving, n: format.count(leaving) })] : []),
            ...(entering + leaving === 0 ? [t("same")] : []),
          ].join(" · ")}
        </Text>
      )}
    </div>
  );
}
