import { Anchor, Box, Group, Text } from "@mantine/core";
import { Ago } from "../../look/Ago";
import { IconExternalLink } from "../../look/icons";
import { LinkText } from "../../look/links";
import { useTexts } from "./texts";

interface Props {
  name: string;
  module: string;
  id: string | null;
  at: number | null | undefined;
  url: string | null | undefined;
}

/** Where one of the two records lives, and the ways to it. */
export function Side({ name, module, id, at, url }: Props) {
  const t = useTexts();
  return (
    <Box p="md" flex="1 1 260px">
      <Text fw={600}>{name}</Text>
      {id === null ? (
        <Text size="sm" c="dimmed">
          {t("onlyOne")}
        </Text>
      ) : (
        <>
          <Text size="xs" c="dimmed" className="number" component="div">
            {id}
            {at != null && (
              <>
                {" · "}
                <Ago at={at} />
              </>
            )}
          </Text>
          <Group gap="md" mt={6}>
            <LinkText
              size="sm"
              to="/connections/$name/$module"
              params={{ name, module }}
              search={{ record: id }}
            >
              {t("openHere")}
            </LinkText>
            {url != null && (
              <Anchor size="sm" href={url} target="_blank" rel="noreferrer">
                {t("openIn")} <IconExternalLink size={13} aria-hidden />
              </Anchor>
            )}
          </Group>
        </>
      )}
    </Box>
  );
}
