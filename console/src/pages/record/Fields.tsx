import { Badge, Box, Group, Table, Text } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import type { Schema } from "../../api/client";
import { useShownValue } from "../../look/value";
import { useWords } from "../../look/words";
import { useTexts } from "./texts";

type Field = Schema<"LinkField">;
interface Sides {
  left: string;
  right: string;
}

const COLOR: Record<Field["state"], string> = {
  agrees: "teal",
  left_changed: "ai",
  right_changed: "ai",
  conflict: "orange",
  unknown: "gray",
};

/** Every mapped field, both sides beside each other; on a phone, below each other. */
export function Fields({ fields, sides }: { fields: Field[]; sides: Sides }) {
  const t = useTexts();
  const narrow = useMediaQuery("(max-width: 48em)");
  if (fields.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        {t("noDiffering")}
      </Text>
    );
  }
  if (narrow) return fields.map((field) => <Stacked key={field.left} field={field} sides={sides} />);
  return (
    <Table layout="fixed" verticalSpacing="sm">
      <Table.Thead>
        <Table.Tr>
          <Table.Th w="22%">{t("field")}</Table.Th>
          <Table.Th>{sides.left}</Table.Th>
          <Table.Th>{sides.right}</Table.Th>
          <Table.Th w={190}>{t("state")}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {fields.map((field) => (
          <Table.Tr key={field.left} style={{ verticalAlign: "top" }}>
            <Table.Th scope="row" fw={500}>
              <FieldName field={field} />
            </Table.Th>
            <Table.Td>
              <SideValue value={field.left_value} base={field.left_base} />
            </Table.Td>
            <Table.Td>
              <SideValue value={field.right_value} base={field.right_base} />
            </Table.Td>
            <Table.Td>
              <State field={field} sides={sides} />
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

function Stacked({ field, sides }: { field: Field; sides: Sides }) {
  return (
    <Box py="sm" style={{ borderTop: "1px solid var(--line)" }}>
      <Group justify="space-between" mb={4}>
        <FieldName field={field} />
        <State field={field} sides={sides} />
      </Group>
      {(["left", "right"] as const).map((side) => (
        <Box key={side} mb={4}>
          <Text size="xs" c="dimmed">
            {sides[side]}
          </Text>
          <SideValue value={field[`${side}_value`]} base={field[`${side}_base`]} />
        </Box>
      ))}
    </Box>
  );
}

function FieldName({ field }: { field: Field }) {
  return (
    <Text size="sm" fw={500} component="span">
      {field.label_left}
      {field.label_left !== field.label_right && (
        <Text span size="xs" c="dimmed" display="block">
          {field.label_right}
        </Text>
      )}
    </Text>
  );
}

/** The value, and the one of the last agreement where it is another. */
function SideValue({ value, base }: { value: unknown; base: unknown }) {
  const t = useTexts();
  const words = useWords();
  const shown = useShownValue();
  const [now, then] = [shown(value), shown(base)];
  return (
    <Box style={{ overflowWrap: "anywhere" }}>
      <Text size="sm" style={{ whiteSpace: "pre-wrap" }} {...(now === "" ? { c: "dimmed" } : {})}>
        {now === "" ? words("blank") : now}
      </Text>
      {now !== then && (
        <Text size="xs" c="dimmed">
          {t("base")}: {then === "" ? words("blank") : <s>{then}</s>}
        </Text>
      )}
    </Box>
  );
}

function State({ field, sides }: { field: Field; sides: Sides }) {
  const t = useTexts();
  return (
    <Badge variant="light" color={COLOR[field.state]} radius="sm" tt="none" fw={600}>
      {t(`state_${field.state}`, { left: sides.left, right: sides.right })}
    </Badge>
  );
}
