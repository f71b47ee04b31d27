import { ActionIcon, Badge, Group, Loader, Select, Text } from "@mantine/core";
import type { Schema } from "../../api/client";
import { useExplainProblem } from "../explain";
import { asProblem } from "../../api/problem";
import { IconChevronLeft, IconChevronRight } from "../icons";
import { useTexts } from "./texts";

interface Props {
  items: Schema<"PreviewedRecord">[] | undefined;
  error: unknown;
  fetching: boolean;
  at: number;
  onChoose: (at: number) => void;
}

/** The record on which the mapping is shown. */
export function SampleChoice({ items, error, fetching, at, onChoose }: Props) {
  const t = useTexts();
  const explain = useExplainProblem();
  if (items === undefined) {
    if (error == null)
      return (
        <Text size="sm" c="dimmed">
          {t("sampleLoading")}
        </Text>
      );
    const { code, detail, hint } = asProblem(error);
    return (
      <Text size="sm" c="var(--warning)" role="status">
        {t("sampleFailed")} {explain(code, detail, hint).what}
      </Text>
    );
  }
  const chosen = items[at];
  if (chosen === undefined)
    return (
      <Text size="sm" c="dimmed">
        {t("sampleNone")}
      </Text>
    );
  return (
    <Group gap={6} wrap="nowrap" miw={0} maw="100%">
      <Select
        size="xs"
        aria-label={t("sample")}
        allowDeselect={false}
        miw={0}
        w={230}
        value={String(at)}
        onChange={(value) => onChoose(Number(value))}
        data={items.map((item, number) => ({ value: String(number), label: labelOf(item) }))}
      />
      <ActionIcon
        variant="default"
        aria-label={t("samplePrevious")}
        disabled={at === 0}
        onClick={() => onChoose(at - 1)}
      >
        <IconChevronLeft size={16} />
      </ActionIcon>
      <ActionIcon
        variant="default"
        aria-label={t("sampleNext")}
        disabled={at === items.length - 1}
        onClick={() => onChoose(at + 1)}
      >
        <IconChevronRight size={16} />
      </ActionIcon>
      <Badge
        variant="light"
        color={chosen.tie === "alone" ? "gray" : "teal"}
        tt="none"
        style={{ flexShrink: 0 }}
      >
        {t(`tie_${chosen.tie}`)}
      </Badge>
      {fetching && <Loader size={14} aria-hidden />}
    </Group>
  );
}

function labelOf({ left, right }: Schema<"PreviewedRecord">): string {
  return left?.label ?? right?.label ?? left?.id ?? right?.id ?? "";
}
