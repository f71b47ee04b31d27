import { Stack, Table, Text, Title } from "@mantine/core";
import type { Schema } from "../../api/client";
import { LinkText } from "../../look/links";
import { useFieldName, useModuleName } from "../../look/names";

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
                <Table.Td>{fields.map(fieldName).join(", ")}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Stack>
  );
}
