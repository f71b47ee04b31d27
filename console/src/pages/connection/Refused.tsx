import { Alert, Stack, Text } from "@mantine/core";
import { useFormat } from "../../look/format";
import { IconAlertCircle } from "../../look/icons";
import { LinkButton } from "../../look/links";
import { useMay } from "../../shell/session";
import { useTexts } from "./texts";

/** Since when the service refuses the credential in use, and who can mend that. */
export function Refused({ name, at }: { name: string; at: number }) {
  const t = useTexts();
  const format = useFormat();
  const may = useMay("admin");
  return (
    <Alert
      color="red"
      variant="light"
      icon={<IconAlertCircle size={20} />}
      title={t("refusedTitle")}
      role="alert"
    >
      <Stack gap="xs" align="flex-start">
        <Text size="sm">{t("refusedText", { at: format.dateTime(at) })}</Text>
        <Text size="sm">{t(may ? "refusedMend" : "refusedAsk")}</Text>
        {may && (
          <LinkButton size="xs" to="/connections/new" search={{ again: name }}>
            {t("again")}
          </LinkButton>
        )}
      </Stack>
    </Alert>
  );
}
