import { Progress, Stack, Text } from "@mantine/core";
import type { Schema } from "../../api/client";
import { useFormat } from "../../look/format";
import { loadOf } from "../../look/standing";
import { useWords } from "../../look/words";
import { useTexts } from "./texts";

type Module = Schema<"ModuleStatus">;

/** How far the first load is, and about how long it still takes. */
export function LoadProgress({ module }: { module: Module }) {
  const t = useTexts();
  const words = useWords();
  const format = useFormat();
  const { scanned, expected } = loadOf([module]);
  const phase = module.phase === "steady" ? "sweep" : module.phase;
  const text = [
    expected === 0
      ? ""
      : words("recordsRead", { scanned: format.count(scanned), expected: format.count(expected) }),
    ...(module.seconds_left === null ? [] : [t("left", { span: format.span(module.seconds_left * 1_000) })]),
  ].join(" · ");
  return (
    <Stack gap={4} mb="md" role="group" aria-label={t(`phase_${phase}`)}>
      <Text size="sm" fw={600}>
        {t(`phase_${phase}`)}
      </Text>
      <Progress
        value={expected === 0 ? 0 : (scanned / expected) * 100}
        animated
        aria-label={t(`phase_${phase}`)}
      />
      {text !== "" && (
        <Text size="xs" c="dimmed" className="number">
          {text}
        </Text>
      )}
    </Stack>
  );
}
