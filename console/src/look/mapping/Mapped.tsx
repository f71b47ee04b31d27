import { Badge, Group, Paper, Switch, Text, TextInput, Title } from "@mantine/core";
import { useState, type ReactNode } from "react";
import type { Schema } from "../../api/client";
import { EmptyState } from "../EmptyState";
import { useFormat } from "../format";
import { IconArrowsLeftRight, IconSearch } from "../icons";
import { standsOut, type Line } from "./lines";
import { PairRow } from "./PairRow";
import { SIDES, type Direction, type FieldPair } from "./pairs";
import { useTexts } from "./texts";

type Fields = Map<string, Schema<"Field">>;

interface Props {
  lines: Line[];
  /** The module's own way. */
  module: Direction;
  names: { left: string; right: string };
  fields: { left: Fields; right: Fields };
  sample: Schema<"PreviewedRecord"> | undefined;
  readOnly: boolean;
  /** Nothing in its place takes the pair out. */
  onReplace: (pair: FieldPair, next: FieldPair | null) => void;
  /** Which real record is shown. */
  children: ReactNode;
}

/** The pairs of fields that are kept in agreement, to look through. */
export function Mapped({ lines, module, names, fields, sample, readOnly, onReplace, children }: Props) {
  const t = useTexts();
  const format = useFormat();
  const [search, setSearch] = useState("");
  const [only, setOnly] = useState(false);
  const fieldsOf = ({ pair }: Line) => ({
    left: fields.left.get(pair.left),
    right: fields.right.get(pair.right),
  });
  const text = search.trim().toLowerCase();
  const hit = (line: Line) =>
    SIDES.some((side) =>
      [line.pair[side], fieldsOf(line)[side]?.label ?? ""].some((name) => name.toLowerCase().includes(text)),
    );
  const shown = lines.filter((line) => (text === "" || hit(line)) && (!only || standsOut(line)));
  return (
    <Paper component="section" aria-label={t("mapped")} style={{ overflow: "hidden" }}>
      <Group p="md" pb="xs" justify="space-between" gap="sm">
        <Group gap="xs">
          <Title order={3}>{t("mapped")}</Title>
          <Badge variant="light" color="gray" tt="none" className="number">
            {t("mappedCount", { count: lines.length, n: format.count(lines.length) })}
          </Badge>
        </Group>
        {children}
      </Group>
      <Group px="md" pb="xs" gap="md">
        <TextInput
          size="xs"
          w={230}
          aria-label={t("filter")}
          placeholder={t("filter")}
          leftSection={<IconSearch size={14} />}
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
        />
        {sample && (
          <Switch
            size="xs"
            label={t("only")}
            checked={only}
            onChange={(event) => setOnly(event.currentTarget.checked)}
          />
        )}
      </Group>
      {lines.length === 0 ? (
        <EmptyState icon={<IconArrowsLeftRight size={22} />} title={t("emptyTitle")} text={t("emptyText")} />
      ) : (
        <>
          <div className="pair pairs-head" aria-hidden>
            <span>{names.left}</span>
            <span />
            <span>{names.right}</span>
            <span />
          </div>
          <ul className="pairs">
            {shown.map((line) => (
              <PairRow
                key={`${line.pair.left} ${line.pair.right}`}
                {...line}
                {...fieldsOf(line)}
                module={module}
                names={names}
                sample={sample}
                readOnly={readOnly}
                onReplace={onReplace}
              />
            ))}
          </ul>
          {shown.length === 0 && (
            <Text size="sm" c="dimmed" p="md">
              {t("noneFound")}
            </Text>
          )}
        </>
      )}
    </Paper>
  );
}
