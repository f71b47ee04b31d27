import { Paper, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { Schema } from "../../api/client";
import { Direction } from "../../look/Direction";
import { useFormat } from "../../look/format";
import { useLeads } from "../../look/mapping/leads";
import type { Draft } from "../../look/mapping/pairs";
import { previewQuery } from "../../look/mapping/queries";
import { useModuleName, usePairName } from "../../look/names";
import { isLoading } from "../../look/standing";
import { useTexts } from "./texts";

interface Props {
  draft: Draft;
  /** How the integration stands. */
  status: Schema<"IntegrationStatus"> | undefined;
  /** What is remembered of the pair, if it was taken out before. */
  known: Schema<"Remembered"> | undefined;
}

/** A pair that is added, in a few lines: its way, its fields, what it waits for (S2-17), what is known of it. */
export function Added({ draft, status, known }: Props) {
  const t = useTexts();
  const format = useFormat();
  const pairName = usePairName();
  const moduleName = useModuleName();
  const mapped = useQuery(previewQuery(draft)).data?.mapped;
  const { parents } = useLeads(draft);
  const pair = draft.modules[draft.at];
  if (pair === undefined) return null;
  const standing = (module: string) => status?.modules.find(({ left }) => left === module);
  const rests = parents.filter(({ module }) => standing(module)?.state === "inactive");
  // Those that are added with it are not loaded either.
  const first = parents.filter(({ module }) => {
    const parent = standing(module);
    return parent === undefined || (parent.state === "active" && isLoading(parent));
  });
  const names = (leads: typeof parents) => leads.map(({ module }) => moduleName(module)).join(", ");
  const count = mapped?.filter(({ direction }) => direction !== null).length;
  return (
    <Paper p="md" bg="var(--page)" component="section" aria-label={pairName(pair.left, pair.right)}>
      <Text fw={600}>{pairName(pair.left, pair.right)}</Text>
      <Direction direction={pair.direction} left={draft.left} right={draft.right} />
      {count !== undefined && (
        <Text size="sm" c="dimmed">
          {t("fields", { count, n: format.count(count) })}
        </Text>
      )}
      {known !== undefined && known.pairs > 0 && (
        <Text size="sm" mt={4}>
          {t("known", { count: known.pairs, n: format.count(known.pairs) })}
        </Text>
      )}
      {first.length > 0 && (
        <Text size="sm" mt={4}>
          {t("after", { modules: names(first) })}
        </Text>
      )}
      {rests.length > 0 && (
        <Text size="sm" mt={4}>
          {t("resting", { modules: names(rests) })}
        </Text>
      )}
    </Paper>
  );
}
