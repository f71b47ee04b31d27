import { ActionIcon, Button, Group, Select, SimpleGrid, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Schema } from "../../api/client";
import { useFormat } from "../format";
import { IconArrowsLeftRight, IconPlus, IconX } from "../icons";
import type { Draft, Side } from "../mapping/pairs";
import { Problem } from "../Problem";
import { useSettled } from "../settled";
import {
  standInOf,
  withLater,
  withStandIn,
  withTable,
  type OwnerPair,
  type Owners,
  type StandIn,
} from "./owners";
import "./owners.css";
import { ownersQuery } from "./queries";
import { Unmatched } from "./Unmatched";
import { UserSelect } from "./UserSelect";
import { useTexts } from "./texts";

interface Props {
  draft: Draft;
  readOnly: boolean;
  onChange: (owners: Owners) => void;
}

interface NewPair {
  left: string | null;
  right: string | null;
}
const NOBODY: NewPair = { left: null, right: null };

/** Whose records become whose: a table, who stands in, what becomes of later changes; and who has nobody yet. */
export function OwnersEditor({ draft, readOnly, onChange }: Props) {
  const t = useTexts();
  const format = useFormat();
  const { owners, left, right } = draft;
  const settled = useSettled(draft, 300);
  const report = useQuery(ownersQuery(settled));
  const [fresh, setFresh] = useState<NewPair>(NOBODY);
  const table = owners.table ?? [];
  const stand = standInOf(owners);
  const put = (at: number, row: OwnerPair | null) =>
    onChange(
      withTable(
        owners,
        table.flatMap((each, place) => (place !== at ? [each] : row === null ? [] : [row])),
      ),
    );
  /** An address that the hub does not find, at the connection instead of the side. */
  const onSide = (address: string) =>
    address.replace(/^(left|right): /, (_, side: string) => `${side === "left" ? left : right}: `);
  const setStand = (next: StandIn) => onChange(withStandIn(owners, next));
  const add = () => {
    if (fresh.left === null || fresh.right === null) return;
    onChange(withTable(owners, [...table, { left: fresh.left, right: fresh.right }]));
    setFresh(NOBODY);
  };
  const pick = (side: Side, email: string) => {
    setFresh({ ...NOBODY, [side]: email });
    document.getElementById("owner-new")?.scrollIntoView({ block: "center" });
    document
      .querySelector<HTMLElement>(`#owner-new [data-side=${side === "left" ? "right" : "left"}]`)
      ?.focus();
  };
  return (
    <Stack gap="lg">
      <Text size="sm" c="dimmed">
        {t("text")}
      </Text>
      <section aria-label={t("table")}>
        <Text fw={600} size="sm">
          {t("table")}
        </Text>
        <Text size="xs" c="dimmed" mb="xs">
          {t("tableText")}
        </Text>
        {table.length > 0 && (
          <ul className="owner-table">
            {table.map((row, at) => (
              <li key={`${row.left} ${row.right}`}>
                <UserSelect
                  connection={left}
                  aria-label={t("userOf", { number: at + 1, name: left })}
                  allowDeselect={false}
                  disabled={readOnly}
                  value={row.left}
                  onChange={(email) => put(at, { ...row, left: email ?? row.left })}
                />
                <IconArrowsLeftRight size={16} aria-hidden className="owner-arrow" />
                <UserSelect
                  connection={right}
                  aria-label={t("userOf", { number: at + 1, name: right })}
                  allowDeselect={false}
                  disabled={readOnly}
                  value={row.right}
                  onChange={(email) => put(at, { ...row, right: email ?? row.right })}
                />
                {!readOnly && (
                  <ActionIcon
                    variant="subtle"
                    color="gray"
                    aria-label={t("remove", { left: row.left, right: row.right })}
                    onClick={() => put(at, null)}
                  >
                    <IconX size={16} />
                  </ActionIcon>
                )}
              </li>
            ))}
          </ul>
        )}
        {!readOnly && (
          <div id="owner-new" className="owner-new">
            <UserSelect
              connection={left}
              label={t("userOn", { name: left })}
              placeholder={t("choose")}
              data-side="left"
              clearable
              value={fresh.left}
              onChange={(email) => setFresh({ ...fresh, left: email })}
            />
            <IconArrowsLeftRight size={16} aria-hidden className="owner-arrow" />
            <UserSelect
              connection={right}
              label={t("userOn", { name: right })}
              placeholder={t("choose")}
              data-side="right"
              clearable
              value={fresh.right}
              onChange={(email) => setFresh({ ...fresh, right: email })}
            />
            <Button
              variant="default"
              leftSection={<IconPlus size={16} />}
              disabled={fresh.left === null || fresh.right === null}
              onClick={add}
            >
              {t("add")}
            </Button>
          </div>
        )}
      </section>
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <Stack gap="xs">
          <Select
            label={t("fallback")}
            description={t(`fallback_${stand.kind}_text`)}
            inputWrapperOrder={["label", "input", "description"]}
            allowDeselect={false}
            disabled={readOnly}
            value={stand.kind}
            onChange={(kind) =>
              setStand(kind === "these" ? { kind, left: null, right: null } : ({ kind } as StandIn))
            }
            data={(["connected", "these", "none"] as const).map((kind) => ({
              value: kind,
              label: t(`fallback_${kind}`),
            }))}
          />
          {stand.kind === "these" &&
            (["left", "right"] as const).map((side) => (
              <UserSelect
                key={side}
                connection={draft[side]}
                label={t("standIn", { name: draft[side] })}
                placeholder={t("connected")}
                clearable
                disabled={readOnly}
                value={stand[side]}
                onChange={(email) => setStand({ ...stand, [side]: email })}
              />
            ))}
        </Stack>
        <Select
          label={t("later")}
          description={t(`later_${owners.later_changes ?? "carry"}_text`)}
          inputWrapperOrder={["label", "input", "description"]}
          allowDeselect={false}
          disabled={readOnly}
          value={owners.later_changes ?? "carry"}
          onChange={(later) => onChange(withLater(owners, later as Schema<"LaterChanges">))}
          data={(["carry", "keep"] as const).map((later) => ({ value: later, label: t(`later_${later}`) }))}
        />
      </SimpleGrid>
      {report.isError && <Problem error={report.error} />}
      {report.data && (
        <section aria-label={t("matching")}>
          <Group gap="xs" align="baseline">
            <Text fw={600} size="sm">
              {t("matching")}
            </Text>
            <Text size="sm" c="dimmed" role="status">
              {t("matched", { count: report.data.matched, n: format.count(report.data.matched) })}
            </Text>
          </Group>
          {report.data.unknown.length > 0 && (
            <Text size="sm" c="var(--warning)" style={{ overflowWrap: "anywhere" }}>
              {t("unknown", { addresses: report.data.unknown.map(onSide).join(", ") })}
            </Text>
          )}
          <Unmatched draft={settled} report={report.data} {...(readOnly ? {} : { onPick: pick })} />
        </section>
      )}
    </Stack>
  );
}
