import { Box, Group, Text } from "@mantine/core";
import { Ago } from "../../look/Ago";
import { LinkText } from "../../look/links";
import { useTexts } from "./texts";

interface Props {
  name: string;
  module: string;
  id: string;
  at: number | null;
}

/** Where one of the two records lives, and the ways to it. */
export function Side({ name, module, id, at }: Props) {
  const t = useTexts();
  return (
    <Box p="md" flex="1 1 260px">
      <Text fw={600}>{name}</Text>
      <Text size="xs" c="dimmed" className="number" component="div">
        {id}
        {at !== null && (
          <>
            {" · "}
            <Ago at={at} />
          </>
        )}
      </Text>
      <Group gap="md" mt={6}>
        <LinkText size="sm" to="/connections/$name/$module" params={{ name, module }} search={{ record: id }}>
          {t("openHere")}
        </LinkText>
      </Group>
    </Box>
  );
}
