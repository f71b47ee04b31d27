import { Alert, Stack, Text } from "@mantine/core";
import type { Schema } from "../../api/client";
import { useFormat } from "../format";
import { IconAlertTriangle } from "../icons";
import { useModuleName } from "../names";
import { useTexts } from "./texts";

interface Props {
  cascades: Schema<"Cascade">[];
  sides: { left: string; right: string };
}

/** Deletions that would take everything along and did not before, with what that means in numbers. */
export function Cascades({ cascades, sides }: Props) {
  const t = useTexts();
  const format = useFormat();
  const moduleName = useModuleName();
  if (cascades.length === 0) return null;
  return (
    <Alert color="red" icon={<IconAlertTriangle size={18} />} title={t("cascadeTitle")}>
      <Stack gap={6}>
        {cascades.map((cascade) => {
          const { deleted_on: from, records, looked_at, with_related, related } = cascade;
          const to = from === "left" ? "right" : "left";
          return (
            <Text size="sm" key={`${cascade.left} ${cascade.right} ${from}`}>
              {t("cascade", { from: sides[from], to: sides[to], module: moduleName(cascade[to]) })}{" "}
              {records === 0
                ? t("cascadeNone")
                : t("cascadePairs", { count: records, n: format.count(records) })}{" "}
              {looked_at > 0 &&
                t("cascadeRelated", {
                  looked: format.count(looked_at),
                  with: format.count(with_related),
                  related: format.count(related),
                })}
            </Text>
          );
        })}
      </Stack>
    </Alert>
  );
}
