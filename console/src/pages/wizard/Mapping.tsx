import { Alert, Button, Collapse, Group, Paper, Skeleton, Stack, Table, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { api, ask, type Schema } from "../../api/client";
import { ErrorState } from "../../look/ErrorState";
import { useFormat } from "../../look/format";
import { IconAlertTriangle } from "../../look/icons";
import { usePairName } from "../../look/names";
import type { Draft } from "./draft";
import { useTexts } from "./texts";

/** Which fields are mapped to each other, which are left out and why, and what is missing. */
export function Mapping({ draft }: { draft: Draft }) {
  const t = useTexts();
  const { left, right, modules } = draft;
  const preview = useQuery({
    queryKey: ["preview", left, right, modules],
    queryFn: ({ signal }) =>
      ask(api.POST("/api/v1/integrations/preview", { signal, body: { left, right, modules } })),
  });
  if (preview.isPending) return <Skeleton h={160} />;
  if (preview.data === undefined) return <ErrorState error={preview.error} retry={preview.refetch} />;
  return (
    <Stack>
      <Text size="sm" c="dimmed">
        {t("same_name")}
      </Text>
      {preview.data.modules.map((module) => (
        <ModuleMapping key={module.left} module={module} left={left} right={right} />
      ))}
    </Stack>
  );
}

function ModuleMapping({
  module,
  left,
  right,
}: {
  module: Schema<"ModulePreview">;
  left: string;
  right: string;
}) {
  const t = useTexts();
  const format = useFormat();
  const pair = usePairName();
  const [opened, { toggle }] = useDisclosure();
  const missing = [
    { name: left, fields: module.required_missing.left },
    { name: right, fields: module.required_missing.right },
  ].filter(({ fields }) => fields.length > 0);
  const reason = (code: string) =>
    code === "read_only" || code === "type_differs" || code === "missing" ? t(`reason_${code}`) : code;
  return (
    <Paper p="md" bg="var(--page)" component="section" aria-label={pair(module.left, module.right)}>
      <Group justify="space-between">
        <div>
          <Text fw={600}>{pair(module.left, module.right)}</Text>
          <Text size="sm" c="dimmed">
            {t("mapped", { count: module.mapped.length, n: format.count(module.mapped.length) })}
          </Text>
        </div>
        <Button variant="default" size="xs" aria-expanded={opened} onClick={toggle}>
          {t("showFields")}
        </Button>
      </Group>
      {missing.map(({ name, fields }) => (
        <Alert key={name} color="orange" mt="sm" icon={<IconAlertTriangle size={18} />}>
          {t("missing", { name, fields: fields.join(", ") })}
        </Alert>
      ))}
      <Collapse expanded={opened}>
        <Table mt="sm" layout="fixed">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{left}</Table.Th>
              <Table.Th>{right}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {module.mapped.map((field) => (
              <Table.Tr key={field.left}>
                <Table.Td>{field.label_left}</Table.Td>
                <Table.Td>{field.label_right}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
        {module.left_out.length > 0 && (
          <Text size="sm" c="dimmed" mt="sm">
            {t("leftOut")}:{" "}
            {module.left_out.map(({ field, reason: why }) => `${field} (${reason(why)})`).join(", ")}
          </Text>
        )}
      </Collapse>
    </Paper>
  );
}
