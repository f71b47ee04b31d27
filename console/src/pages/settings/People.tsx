import { Avatar, Badge, Box, Button, Group, Paper, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import type { Schema } from "../../api/client";
import { membersQuery } from "../../api/queries";
import { CardTitle } from "../../look/CardTitle";
import { useFormat } from "../../look/format";
import { IconPlus } from "../../look/icons";
import { ListState } from "../../look/ListState";
import { useNow } from "../../look/now";
import { useWords } from "../../look/words";
import { useSession } from "../../shell/session";
import { AddPerson } from "./AddPerson";
import { PersonMenu } from "./PersonMenu";
import { useTexts } from "./texts";

/** Who may enter, with which role. */
export function People() {
  const t = useTexts();
  const [adding, { open, close }] = useDisclosure();
  const query = useQuery(membersQuery);
  return (
    <Paper p="lg">
      <CardTitle title={t("people")}>
        <Button size="xs" leftSection={<IconPlus size={15} />} onClick={open}>
          {t("addPerson")}
        </Button>
      </CardTitle>
      <Text size="sm" c="dimmed" mb="sm">
        {t("peopleText")}
      </Text>
      <ListState query={query} items={query.data?.items ?? []} empty={null}>
        {(members) => members.map((member) => <Person key={member.id} member={member} />)}
      </ListState>
      <AddPerson opened={adding} onClose={close} />
    </Paper>
  );
}

function Person({ member }: { member: Schema<"Member"> }) {
  const t = useTexts();
  const words = useWords();
  const format = useFormat();
  const now = useNow();
  const own = useSession().member.id === member.id;
  return (
    <Group py="sm" justify="space-between" wrap="nowrap" style={{ borderTop: "1px solid var(--line)" }}>
      <Group wrap="nowrap" gap="sm" miw={0}>
        <Avatar name={member.name} color={member.active ? "ai" : "gray"} size={34} />
        <Box miw={0}>
          <Group gap={6}>
            <Text size="sm" fw={600}>
              {member.name}
            </Text>
            {own && (
              <Badge size="xs" variant="light" color="gray" tt="none">
                {t("you")}
              </Badge>
            )}
            {!member.active && (
              <Badge size="xs" variant="light" color="red" tt="none">
                {t("inactive")}
              </Badge>
            )}
          </Group>
          <Text size="xs" c="dimmed" truncate>
            {member.email} ·{" "}
            {member.last_seen_at === null
              ? t("neverSeen")
              : t("lastSeen", { ago: format.ago(member.last_seen_at, now) })}
          </Text>
        </Box>
      </Group>
      <Group wrap="nowrap" gap="xs">
        <Text size="sm">{words(`role.${member.role}`)}</Text>
        <PersonMenu member={member} own={own} />
      </Group>
    </Group>
  );
}
