import { Alert, Box, Button, Group, Paper, Skeleton, Stack, Text, Title } from "@mantine/core";
import { useCallbackRef } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { fieldsQuery } from "../../api/queries";
import type { Schema } from "../../api/client";
import { DerivedFields } from "../derived";
import { derivedFields } from "../derived/derived";
import { ErrorState } from "../ErrorState";
import { useFormat } from "../format";
import { IconAlertTriangle } from "../icons";
import { useSettled } from "../settled";
import { Wrong } from "../Wrong";
import { AddPair } from "./AddPair";
import { childOf } from "./children";
import { lineOf } from "./lines";
import { Mapped } from "./Mapped";
import "./mapping.css";
import { NotMapped } from "./NotMapped";
import {
  isListed,
  isSame,
  listOf,
  SIDES,
  throughFields,
  type Draft,
  type FieldPair,
  type ModulePair,
  type Side,
} from "./pairs";
import { previewQuery, sampleQuery, suggestionsQuery } from "./queries";
import { SampleChoice } from "./SampleChoice";
import { openOf, Suggestions } from "./Suggestions";
import { useTexts } from "./texts";

interface Props {
  draft: Draft;
  readOnly?: boolean;
  onChange: (pair: ModulePair) => void;
}

/** Which fields of two modules hold the same: both sides' fields beside each other, on a real record. */
export function MappingEditor({ draft, readOnly = false, onChange }: Props) {
  const module = draft.modules[draft.at];
  const left = useQuery(fieldsQuery(draft.left, module?.left ?? ""));
  const right = useQuery(fieldsQuery(draft.right, module?.right ?? ""));
  const error = left.error ?? right.error;
  if (left.data === undefined || right.data === undefined || module === undefined) {
    if (error == null) return <Skeleton h={320} />;
    return <ErrorState error={error} retry={() => Promise.all([left.refetch(), right.refetch()])} />;
  }
  const own = { left: left.data.items, right: right.data.items };
  return <Editor draft={draft} module={module} own={own} readOnly={readOnly} onChange={onChange} />;
}

interface EditorProps extends Required<Props> {
  module: ModulePair;
  /** The fields of both modules. */
  own: { left: Schema<"Field">[]; right: Schema<"Field">[] };
}

/** The fields of one side by their names, with those that come about by reading. */
function useFields(module: ModulePair, side: Side, own: Schema<"Field">[]) {
  const t = useTexts();
  const { derived, fields } = module;
  return useMemo(() => {
    const through = throughFields(fields, side).map((field) => {
      const child = childOf(field.api_name);
      return child === undefined ? field : { ...field, label: t(`child_${child.choice}`, child) };
    });
    const list = [...own, ...derivedFields(derived, side, own), ...through];
    return { list, known: new Map(list.map((field) => [field.api_name, field])) };
  }, [own, derived, fields, side, t]);
}

function Editor({ draft, module, own, readOnly, onChange }: EditorProps) {
  const t = useTexts();
  const format = useFormat();
  const settled = useSettled(draft, 400);
  const preview = useQuery(previewQuery(settled));
  const sample = useQuery(sampleQuery(settled));
  const suggestions = useQuery(suggestionsQuery(settled));
  const [at, setAt] = useState(0);
  const [chosen, setChosen] = useState<{ left: string | null; right: string | null }>({
    left: null,
    right: null,
  });
  const left = useFields(module, "left", own.left);
  const right = useFields(module, "right", own.right);
  // What a row is told must stay the same thing while nothing about it changes: rows are many, and drawn anew one by one.
  const names = useMemo(() => ({ left: draft.left, right: draft.right }), [draft.left, draft.right]);
  const { fields: listed, tags, field_conflict } = module;
  const pairs = useMemo(
    () => listOf({ fields: listed, tags, field_conflict }, preview.data),
    [listed, tags, field_conflict, preview.data],
  );
  // In a list, each pair says itself what was said of single fields and of tags.
  const set = (list: FieldPair[]) => onChange({ ...module, fields: list, field_conflict: {}, tags: false });
  const replace = useCallbackRef((old: FieldPair, next: FieldPair | null) =>
    set(pairs.flatMap((pair) => (!isSame(pair, old) ? [pair] : next === null ? [] : [next]))),
  );
  const pick = useCallbackRef((side: Side, field: string) => {
    setChosen({ left: null, right: null, [side]: field });
    document.getElementById("add-pair")?.scrollIntoView({ block: "center" });
    document.querySelector<HTMLElement>("#add-pair input:not([value])")?.focus();
  });
  if (preview.data === undefined) {
    if (preview.error == null) return <Skeleton h={320} />;
    return <ErrorState error={preview.error} retry={preview.refetch} />;
  }
  const told = preview.data;
  const { problems, unmapped, required_missing } = told;
  const known = { left: left.known, right: right.known };
  const record = sample.data?.[at];
  const about = problems.filter((problem) => problem.left === null || problem.right === null);
  // Nothing to suggest is nothing to read about.
  const hasSuggestions = openOf(suggestions.data ?? [], pairs).length > 0;
  return (
    <Stack gap="md">
      <Group justify="space-between" align="flex-start" gap="sm">
        <Text size="sm" c="dimmed" flex="1 1 320px">
          {isListed(module)
            ? t("listed", { count: pairs.length, n: format.count(pairs.length) })
            : t("sameName")}
        </Text>
        {isListed(module) && !readOnly && (
          <Button
            variant="subtle"
            size="compact-sm"
            onClick={() => onChange({ ...module, fields: "same_name" })}
          >
            {t("backToSameName")}
          </Button>
        )}
      </Group>
      {about.map((problem) => (
        <Alert key={problem.what} color="red" icon={<IconAlertTriangle size={18} />}>
          <Wrong problem={problem} />
        </Alert>
      ))}
      {SIDES.filter((side) => required_missing[side].length > 0).map((side) => (
        <Alert key={side} color="orange" icon={<IconAlertTriangle size={18} />}>
          {t("missing", {
            name: draft[side],
            fields: required_missing[side].map((name) => known[side].get(name)?.label ?? name).join(", "),
          })}
        </Alert>
      ))}
      {!readOnly && hasSuggestions && (
        <Paper p="md" component="section" aria-label={t("suggestions")}>
          <Title order={3}>{t("suggestions")}</Title>
          <Text size="sm" c="dimmed" mb="xs">
            {t("suggestionsText")}
          </Text>
          <Suggestions
            items={openOf(suggestions.data ?? [], pairs)}
            fields={known}
            names={names}
            module={module.direction}
            onAccept={(pair) => set([...pairs, pair])}
          />
        </Paper>
      )}
      <Mapped
        lines={pairs.map((pair) => lineOf(pair, module, told, record))}
        module={module.direction}
        names={names}
        fields={known}
        sample={record}
        readOnly={readOnly}
        onReplace={replace}
      >
        <SampleChoice
          items={sample.data}
          error={sample.error}
          fetching={sample.isFetching}
          at={at}
          onChoose={setAt}
        />
      </Mapped>
      {(!readOnly || module.derived.length > 0) && (
        <DerivedFields
          module={module}
          fields={own}
          names={names}
          sample={record}
          readOnly={readOnly}
          onChange={onChange}
          onMap={pick}
        />
      )}
      {!readOnly && (
        <Paper p="md" component="section" aria-label={t("add")}>
          <Title order={3} mb="xs">
            {t("add")}
          </Title>
          <AddPair
            draft={settled}
            fields={{ left: left.list, right: right.list }}
            pairs={pairs}
            chosen={chosen}
            onChoose={setChosen}
            onAdd={(pair) => set([...pairs, pair])}
          />
        </Paper>
      )}
      <Paper p="md" component="section" aria-label={t("notMapped")}>
        <Title order={3}>{t("notMapped")}</Title>
        <Text size="sm" c="dimmed" mb="sm">
          {t("notMappedText")}
        </Text>
        <Box>
          <NotMapped
            names={names}
            fields={known}
            unmapped={unmapped}
            sample={record}
            readOnly={readOnly}
            onPick={pick}
          />
        </Box>
      </Paper>
    </Stack>
  );
}
