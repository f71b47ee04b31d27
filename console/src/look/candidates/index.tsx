import {
  Box,
  Button,
  Group,
  Radio,
  SegmentedControl,
  SimpleGrid,
  Skeleton,
  Stack,
  Text,
} from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Schema } from "../../api/client";
import { statusQuery } from "../../api/queries";
import { useMay } from "../../shell/session";
import { ErrorState } from "../ErrorState";
import { useFormat } from "../format";
import { IconLink } from "../icons";
import { SIDES, type Side } from "../mapping/pairs";
import { useShownValue } from "../value";
import { CandidateCard } from "./CandidateCard";
import { linesOf } from "./compare";
import { useBelonging } from "./decide";
import { candidatesQuery } from "./queries";
import { useTexts } from "./texts";

type Candidate = Schema<"Candidate">;

interface Props {
  item: Schema<"AttentionItem">;
  /** What the two sides are called. */
  names: { left: string; right: string };
}

const OTHER = { left: "right", right: "left" } as const;

/** The codes of matters that have candidates. */
export function hasCandidates(code: string): boolean {
  return code === "match.ambiguous" || code === "match.taken";
}

/** Who may belong together: the records of both sides beside each other, one of each of which a person ties. */
export function Candidates({ item, names }: Props) {
  const t = useTexts();
  const query = useQuery(candidatesQuery(item.integration, item.id));
  return (
    <Box component="section" aria-label={t("title")} mt="sm">
      {query.data !== undefined ? (
        <Choice item={item} names={names} candidates={query.data} />
      ) : query.isError ? (
        <ErrorState error={query.error} retry={query.refetch} />
      ) : (
        <Skeleton h={220} />
      )}
    </Box>
  );
}

function Choice({ item, names, candidates }: Props & { candidates: Schema<"Candidates"> }) {
  const t = useTexts();
  const format = useFormat();
  const shown = useShownValue();
  const may = useMay("admin");
  const [only, setOnly] = useState<"all" | "differing">("all");
  const [picked, setPicked] = useState<{ [side in Side]?: string }>({});
  const { tie } = useBelonging(item.integration, item.module);
  const integrations = useQuery(statusQuery).data?.integrations;
  const pair = integrations
    ?.find(({ name }) => name === item.integration)
    ?.modules.find(({ left }) => left === item.module);
  const lines = linesOf([...candidates.left, ...candidates.right], shown);
  const differing = lines.filter(({ differs }) => differs);
  const chosen = {
    left: chosenOf(candidates.left, picked.left, item.left_id),
    right: chosenOf(candidates.right, picked.right, item.right_id),
  };
  return (
    <Stack gap="sm">
      <Group justify="space-between" gap="sm">
        <Text size="sm" c="dimmed" flex="1 1 320px">
          {t("text")}
        </Text>
        <SegmentedControl
          size="xs"
          aria-label={t("show")}
          value={only}
          onChange={(value) => setOnly(value)}
          data={[
            { value: "all", label: t("all") },
            { value: "differing", label: t("differing", { n: format.count(differing.length) }) },
          ]}
        />
      </Group>
      {only === "differing" && differing.length === 0 && (
        <Text size="sm" c="dimmed">
          {t("noDiffering")}
        </Text>
      )}
      <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
        {SIDES.map((side) => (
          <Radio.Group
            key={side}
            label={names[side]}
            value={chosen[side]?.id ?? null}
            onChange={(id) => setPicked((before) => ({ ...before, [side]: id }))}
          >
            <Stack gap="sm" mt={6}>
              {candidates[side].length === 0 && (
                <Text size="sm" c="dimmed">
                  {t("sideEmpty")}
                </Text>
              )}
              {candidates[side].map((candidate) => (
                <CandidateCard
                  key={candidate.id}
                  candidate={candidate}
                  against={chosen[OTHER[side]]}
                  lines={only === "all" ? lines : differing}
                  side={side}
                  place={{
                    integration: item.integration,
                    left: item.module,
                    connection: names[side],
                    module: (side === "right" ? pair?.right : undefined) ?? item.module,
                  }}
                  may={may}
                />
              ))}
            </Stack>
          </Radio.Group>
        ))}
      </SimpleGrid>
      {may ? (
        <Tie
          chosen={chosen}
          names={names}
          pending={tie.isPending}
          onTie={(left_id, right_id) => tie.mutate({ left_id, right_id })}
        />
      ) : (
        <Text size="sm" c="dimmed">
          {t("adminsOnly")}
        </Text>
      )}
    </Stack>
  );
}

/** What somebody chose; before that the record the matter is about, or the only one. */
function chosenOf(side: Candidate[], picked: string | undefined, own: string | null): Candidate | undefined {
  const first = side.find(({ id }) => id === own) ?? (side.length === 1 ? side[0] : undefined);
  return picked === undefined ? first : (side.find(({ id }) => id === picked) ?? first);
}

interface TieProps {
  chosen: Record<Side, Candidate | undefined>;
  names: { left: string; right: string };
  pending: boolean;
  onTie: (left: string, right: string) => void;
}

/** Ties the two that are chosen, or says what is in the way. */
function Tie({ chosen: { left, right }, names, pending, onTie }: TieProps) {
  const t = useTexts();
  const taken = (candidate: Candidate, side: Side) =>
    t("takenFirst", { label: candidate.label ?? candidate.id, name: names[side] });
  const inTheWay = () => {
    if (left === undefined || right === undefined) return t("choose");
    if (left.linked_to === right.id) return t("pairAlready");
    if (left.linked_to !== null) return taken(left, "left");
    return right.linked_to === null ? null : taken(right, "right");
  };
  const why = inTheWay();
  return (
    <Group gap="sm">
      <Button
        size="xs"
        leftSection={<IconLink size={14} />}
        loading={pending}
        disabled={why !== null}
        onClick={() => left && right && onTie(left.id, right.id)}
      >
        {t("tie")}
      </Button>
      <Text size="sm" c="dimmed" flex="1 1 260px" role="status">
        {why ?? t("tieText")}
      </Text>
    </Group>
  );
}
