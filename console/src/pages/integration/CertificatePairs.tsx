import { Stack, Table, Text, Title } from "@mantine/core";
import type { Schema } from "../../api/client";
import { LinkText } from "../../look/links";
import { useFieldName, useModuleName } from "../../look/names";
import { useTexts } from "./texts";

interface Props {
  title: string;
  why?: string;
  pairs: Schema<"Difference">[];
  integration: string;
}

/** Pairs that a comparison found not to be the same, with the fields that differ. */
export function CertificatePairs({ title, why, pairs, integration }: Props) {
  const moduleName = useModuleName();
  const fieldName = useFieldName();
  const t = useTexts();
  // In place of fields the hub says what became of one of the two records.
  const told = (field: string) => {
    if (field === "(gone)") return t("pairGone");
    return field === "(restored)" ? t("pairRestored") : fieldName(field);
  };
  return (
    <Stack gap={4} mt="lg">
      <Title order={3}>{title}</Title>
      {why !== undefined && (
        <Text size="sm" c="dimmed">
          {why}
        </Text>
      )}
      <Table.ScrollContainer minWidth={480}>
        <Table>
          <Table.Tbody>
            {pairs.slice(0, 100).map(({ module, left_id, right_id, label, fields }) => (
              <Table.Tr key={`${module} ${left_id}`}>
                <Table.Td>{moduleName(module)}</Table.Td>
                <Table.Td>
                  <LinkText
                    size="sm"
                    to="/integrations/$name/$module/$leftId"
                    params={{ name: integration, module, leftId: left_id }}
                  >
                    {label ?? `${left_id} ↔ ${right_id}`}
                  </LinkText>
                </Table.Td>
                <Table.Td>{fields.map(told).join(", ")}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Stack>
  );
}
