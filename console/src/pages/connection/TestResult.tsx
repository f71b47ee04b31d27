import { Alert, Group } from "@mantine/core";
import type { Schema } from "../../api/client";
import { Figure } from "../../look/Figure";
import { useFormat } from "../../look/format";
import { IconCircleCheck } from "../../look/icons";
import { useTexts } from "./texts";

/** What the service says about who we are. */
export function TestResult({ test }: { test: Schema<"ConnectionTest"> }) {
  const t = useTexts();
  const format = useFormat();
  const { used, limit } = test.credits;
  return (
    <Alert
      color="teal"
      icon={<IconCircleCheck size={20} />}
      title={t("testOk", { span: format.span(test.took_ms) })}
      role="status"
    >
      <Group gap="xl">
        <Figure label={t("testOrg")} value={`${test.org.name} (${test.org.id})`} />
        {test.org.edition !== null && <Figure label={t("edition")} value={test.org.edition} />}
        {test.org.time_zone !== null && <Figure label={t("zone")} value={test.org.time_zone} />}
        <Figure label={t("testUser")} value={`${test.user.name} <${test.user.email}>`} />
        <Figure
          label={t("testCredits")}
          value={
            limit === null
              ? format.count(used)
              : t("creditsOf", { used: format.count(used), limit: format.count(limit) })
          }
        />
      </Group>
    </Alert>
  );
}
