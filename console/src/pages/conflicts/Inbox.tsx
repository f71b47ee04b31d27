import { Box, Button, Checkbox, Group, Kbd, Menu, Paper, Text, Title } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState, type KeyboardEvent } from "react";
import { attentionQuery } from "../../api/queries";
import type { Schema } from "../../api/client";
import { ConfirmDialog } from "../../look/ConfirmDialog";
import { ConflictSides } from "../../look/conflict";
import { useDecide, type Decision } from "../../look/conflict/decide";
import { EmptyState } from "../../look/EmptyState";
import { useFormat } from "../../look/format";
import { IconChevronDown, IconCircleCheck } from "../../look/icons";
import { LinkText } from "../../look/links";
import { ListState } from "../../look/ListState";
import { SIDES } from "../../look/mapping/pairs";
import { MoreButton } from "../../look/MoreButton";
import { useFieldName, useModuleName } from "../../look/names";
import { useMay } from "../../shell/session";
import { useTexts } from "./texts";

type Item = Schema<"AttentionItem">;

/** The conflicts of one integration: decided one by one, several at once, or for a field for ever. */
export function Inbox({ integration, code }: { integration: Schema<"IntegrationStatus">; code: string }) {
  const t = useTexts();
  const format = useFormat();
  const { name } = integration;
  const query = useInfiniteQuery(attentionQuery(name, { code }));
  const items = (query.data?.pages ?? [])
    .flatMap((page) => page.items)
    .filter(({ conflict }) => conflict !== null);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [always, setAlways] = useState<Decision | null>(null);
  const decide = useDecide(name);
  const names = { left: integration.left, right: integration.right };
  const picked = items.filter(({ id }) => chosen.has(id));
  const choose = (ids: string[], on: boolean) =>
    setChosen((before) => {
      const after = new Set(before);
      for (const id of ids) {
        if (on) after.add(id);
        else after.delete(id);
      }
      return after;
    });
  const run = (decision: Decision) =>
    decide.mutate(decision, {
      onSuccess: () => {
        choose(
          decision.items.map(({ id }) => id),
          false,
        );
        setAlways(null);
      },
    });
  const pendingOf = (item: Item) =>
    decide.isPending && decide.variables.items.some(({ id }) => id === item.id)
      ? decide.variables.winner
      : null;
  return (
    <Paper component="section" aria-label={name} style={{ overflow: "clip" }}>
      <Group p="md" justify="space-between" gap="sm" className="inbox-head">
        <Group gap="sm">
          {items.length > 0 && (
            <Checkbox
              aria-label={t("all", { name })}
              checked={picked.length === items.length}
              indeterminate={picked.length > 0 && picked.length < items.length}
              onChange={(event) =>
                choose(
                  items.map(({ id }) => id),
                  event.currentTarget.checked,
                )
              }
            />
          )}
          <Title order={2} fz={16}>
            <LinkText to="/integrations/$name" params={{ name }} search={{ tab: "attention", code }}>
              {name}
            </LinkText>
          </Title>
          <Text size="sm" c="dimmed" role="status">
            {picked.length > 0
              ? t("chosen", { count: picked.length, n: format.count(picked.length) })
              : t("shown", { count: items.length, n: format.count(items.length) })}
          </Text>
        </Group>
        {picked.length > 0 && (
          <Group gap="xs">
            {SIDES.map((side) => (
              <Button
                key={side}
                size="xs"
                loading={decide.isPending && decide.variables.winner === side}
                disabled={decide.isPending}
                onClick={() => run({ winner: side, items: picked })}
              >
                {t("takeAll", { name: names[side] })}
              </Button>
            ))}
          </Group>
        )}
      </Group>
      <ListState
        query={query}
        items={items}
        empty={<EmptyState icon={<IconCircleCheck size={22} />} title={t("calm")} text={t("calmText")} />}
      >
        {(some) =>
          some.map((item) => (
            <Row
              key={item.id}
              item={item}
              integration={name}
              names={names}
              chosen={chosen.has(item.id)}
              pending={pendingOf(item)}
              onChoose={(on) => choose([item.id], on)}
              onDecide={(winner) => run({ winner, items: [item] })}
              onAlways={(winner) => setAlways({ winner, items: [item], forEver: true })}
            />
          ))
        }
      </ListState>
      <MoreButton query={query} />
      {items.length > 0 && (
        <Text size="xs" c="dimmed" p="md" visibleFrom="sm" component="div">
          {t("keys")} <Kbd size="xs">↑</Kbd> <Kbd size="xs">↓</Kbd> {t("keyMove")} ·{" "}
          <Kbd size="xs">Space</Kbd> {t("keyChoose")} · <Kbd size="xs">←</Kbd> <Kbd size="xs">→</Kbd>{" "}
          {t("keySide")}
        </Text>
      )}
      <Always
        decision={always}
        names={names}
        pending={decide.isPending}
        error={decide.error}
        onClose={() => setAlways(null)}
        onConfirm={run}
      />
    </Paper>
  );
}

interface RowProps {
  item: Item;
  integration: string;
  names: { left: string; right: string };
  chosen: boolean;
  pending: "left" | "right" | null;
  onChoose: (on: boolean) => void;
  onDecide: (winner: "left" | "right") => void;
  onAlways: (winner: "left" | "right") => void;
}

function Row({ item, integration, names, chosen, pending, onChoose, onDecide, onAlways }: RowProps) {
  const t = useTexts();
  const may = useMay("admin");
  const moduleName = useModuleName();
  const fieldName = useFieldName();
  if (item.conflict === null) return null;
  const label = item.label ?? item.left_id ?? item.id;
  const field = fieldName(item.conflict.left.field);
  return (
    <Box p="md" className="inbox-row" style={{ borderTop: "1px solid var(--line)" }} onKeyDown={move}>
      <Group justify="space-between" wrap="nowrap" align="flex-start" gap="sm">
        <Group gap="sm" wrap="nowrap" align="flex-start" miw={0}>
          <Checkbox
            mt={2}
            aria-label={t("chooseOf", { label, field })}
            checked={chosen}
            onChange={(event) => onChoose(event.currentTarget.checked)}
          />
          <Text size="sm" component="div" style={{ overflowWrap: "anywhere" }}>
            {item.left_id === null ? (
              <b>{label}</b>
            ) : (
              <LinkText
                fw={600}
                to="/integrations/$name/$module/$leftId"
                params={{ name: integration, module: item.module, leftId: item.left_id }}
              >
                {label}
              </LinkText>
            )}
            <Text size="sm" c="dimmed" component="div">
              {moduleName(item.module)} · {field}
            </Text>
          </Text>
        </Group>
        {may && (
          <Menu position="bottom-end">
            <Menu.Target>
              <Button
                size="compact-sm"
                variant="subtle"
                color="gray"
                style={{ flexShrink: 0 }}
                rightSection={<IconChevronDown size={14} />}
                aria-label={t("alwaysOf", { field, label })}
              >
                {t("always")}
              </Button>
            </Menu.Target>
            <Menu.Dropdown>
              {SIDES.map((side) => (
                <Menu.Item key={side} onClick={() => onAlways(side)}>
                  {t("alwaysSide", { name: names[side], field })}
                </Menu.Item>
              ))}
            </Menu.Dropdown>
          </Menu>
        )}
      </Group>
      <Box pl={{ base: 0, xs: 32 }}>
        <ConflictSides
          conflict={item.conflict}
          names={names}
          about={`${label}, ${field}`}
          pending={pending}
          onDecide={onDecide}
        />
      </Box>
    </Box>
  );
}

/** Up and down go from one conflict to the next, left and right to the button of that side: nothing is decided by a slip of the hand. */
function move(event: KeyboardEvent<HTMLElement>) {
  const target = event.target as HTMLElement;
  if (!target.matches("input[type=checkbox], [data-take]")) return;
  const row = event.currentTarget;
  const focus = (within: Element | null, what: string) => {
    const found = within?.querySelector<HTMLElement>(what);
    if (!found) return;
    event.preventDefault();
    found.focus();
  };
  if (event.key === "ArrowLeft") focus(row, "[data-take=left]");
  if (event.key === "ArrowRight") focus(row, "[data-take=right]");
  if (event.key === "ArrowDown") focus(row.nextElementSibling, "input[type=checkbox]");
  if (event.key === "ArrowUp") focus(row.previousElementSibling, "input[type=checkbox]");
}

interface AlwaysProps {
  decision: Decision | null;
  names: { left: string; right: string };
  pending: boolean;
  error: unknown;
  onClose: () => void;
  onConfirm: (decision: Decision) => void;
}

/** A rule for ever changes the integration; it is said what it means before. */
function Always({ decision, names, pending, error, onClose, onConfirm }: AlwaysProps) {
  const t = useTexts();
  const moduleName = useModuleName();
  const fieldName = useFieldName();
  const item = decision?.items[0];
  const said = {
    name: decision ? names[decision.winner] : "",
    field: fieldName(item?.field ?? ""),
    module: moduleName(item?.module ?? ""),
  };
  return (
    <ConfirmDialog
      opened={decision !== null}
      title={t("alwaysTitle", said)}
      text={t("alwaysText", said)}
      action={t("alwaysDo")}
      pending={pending}
      error={decision === null ? null : error}
      onClose={onClose}
      onConfirm={() => {
        if (decision) onConfirm(decision);
      }}
    />
  );
}
