import { Box, Button, Checkbox, Group, Paper, Text, Title } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Schema } from "../../api/client";
import { attentionQuery } from "../../api/queries";
import { useMay } from "../../shell/session";
import { Ago } from "../Ago";
import { ConfirmDialog } from "../ConfirmDialog";
import { useFormat } from "../format";
import { ListState } from "../ListState";
import { MoreButton } from "../MoreButton";
import { useModuleName } from "../names";
import { useDecideDeletions } from "./decide";
import type { HeldCode } from "./held";
import { useTexts } from "./texts";

type Item = Schema<"AttentionItem">;

interface Props {
  integration: Schema<"IntegrationStatus">;
  code: HeldCode;
  /** How many there are, also those that are not shown yet. */
  total: number;
}

/** Deletions that a person decides about: the other record goes too, or stays; one by one or several at once. */
export function HeldDeletions({ integration, code, total }: Props) {
  const t = useTexts();
  const format = useFormat();
  const may = useMay("admin");
  const query = useInfiniteQuery(attentionQuery(integration.name, { code }));
  const items = (query.data?.pages ?? []).flatMap((page) => page.items);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [asked, setAsked] = useState<Item[] | null>(null);
  const { approve, refuse } = useDecideDeletions(integration.name);
  const picked = items.filter(({ id }) => chosen.has(id));
  const choose = (ids: string[], on: boolean) =>
    setChosen((before) => new Set(on ? [...before, ...ids] : [...before].filter((id) => !ids.includes(id))));
  // What was held together goes together.
  const batch = code === "delete.breaker" && total > 1;
  const going = batch ? total : (asked?.length ?? 0);
  const busy = approve.isPending || refuse.isPending;
  const keep = (some: Item[]) =>
    refuse.mutate(some, {
      onSettled: () =>
        choose(
          some.map(({ id }) => id),
          false,
        ),
    });
  return (
    <Paper component="section" aria-label={t("held")} style={{ overflow: "clip" }}>
      <Group p="md" justify="space-between" gap="sm" align="flex-start">
        <Group gap="sm" wrap="nowrap" align="flex-start" flex="1 1 320px">
          <Checkbox
            mt={3}
            aria-label={t("selectAll")}
            disabled={items.length === 0}
            checked={items.length > 0 && picked.length === items.length}
            indeterminate={picked.length > 0 && picked.length < items.length}
            onChange={(event) =>
              choose(
                items.map(({ id }) => id),
                event.currentTarget.checked,
              )
            }
          />
          <div>
            <Title order={2} fz={16}>
              {t("held")}
            </Title>
            <Text size="sm" c="dimmed">
              {t(`held_${code}`)}
            </Text>
            <Text size="sm" c="dimmed" role="status">
              {picked.length > 0
                ? t("selected", { count: picked.length, n: format.count(picked.length) })
                : t("shown", { count: total, n: format.count(total) })}
              {!may && ` · ${t("adminsOnly")}`}
            </Text>
          </div>
        </Group>
        {picked.length > 0 && (
          <Group gap="xs">
            {may && (
              <Button size="xs" variant="default" disabled={busy} onClick={() => keep(picked)}>
                {t("refuse")}
              </Button>
            )}
            <Button size="xs" color="red" variant="light" disabled={busy} onClick={() => setAsked(picked)}>
              {t("approve")}
            </Button>
          </Group>
        )}
      </Group>
      <ListState query={query} items={items} empty={null}>
        {(some) =>
          some.map((item) => (
            <Row
              key={item.id}
              item={item}
              sides={integration}
              chosen={chosen.has(item.id)}
              busy={busy}
              onChoose={(on) => choose([item.id], on)}
              onApprove={() => setAsked([item])}
              {...(may ? { onRefuse: () => keep([item]) } : {})}
            />
          ))
        }
      </ListState>
      <MoreButton query={query} />
      <ConfirmDialog
        opened={asked !== null}
        title={t("approveTitle")}
        text={
          <>
            {t("approveText", { count: going, n: format.count(going) })}
            {batch && ` ${t("approveBatch")}`}
          </>
        }
        action={t("approveDo")}
        pending={approve.isPending}
        error={approve.error}
        onClose={() => setAsked(null)}
        onConfirm={() =>
          approve.mutate(asked ?? [], {
            onSuccess: () => {
              setChosen(new Set());
              setAsked(null);
            },
          })
        }
      />
    </Paper>
  );
}

interface RowProps {
  item: Item;
  sides: { left: string; right: string };
  chosen: boolean;
  busy: boolean;
  onChoose: (on: boolean) => void;
  onApprove: () => void;
  onRefuse?: () => void;
}

function Row({ item, sides, chosen, busy, onChoose, onApprove, onRefuse }: RowProps) {
  const t = useTexts();
  const moduleName = useModuleName();
  const label = item.label ?? item.left_id ?? item.id;
  const side = (item.details as { side?: "left" | "right" } | null)?.side;
  return (
    <Box px="md" py="sm" style={{ borderTop: "1px solid var(--line)" }}>
      <Group justify="space-between" gap="sm" align="flex-start">
        <Group gap="sm" wrap="nowrap" align="flex-start" flex="1 1 260px" miw={0}>
          <Checkbox
            mt={2}
            aria-label={t("select", { label })}
            checked={chosen}
            onChange={(event) => onChoose(event.currentTarget.checked)}
          />
          <Text size="sm" component="div" style={{ overflowWrap: "anywhere" }}>
            <b>{label}</b> · {moduleName(item.module)}
            <Text size="xs" c="dimmed" component="div" mt={2}>
              {side !== undefined &&
                `${t("deletedOn", { from: sides[side], to: sides[side === "left" ? "right" : "left"] })} · `}
              <Ago at={item.since} />
            </Text>
          </Text>
        </Group>
        <Group gap="xs">
          {onRefuse && (
            <Button
              size="compact-sm"
              variant="default"
              disabled={busy}
              aria-label={t("refuseOf", { label })}
              onClick={onRefuse}
            >
              {t("refuse")}
            </Button>
          )}
          <Button
            size="compact-sm"
            color="red"
            variant="light"
            disabled={busy}
            aria-label={t("approveOf", { label })}
            onClick={onApprove}
          >
            {t("approve")}
          </Button>
        </Group>
      </Group>
    </Box>
  );
}
