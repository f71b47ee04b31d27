import { ActionIcon, Box, Button, Group, Paper, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, ask, type Schema } from "../../api/client";
import { tokensQuery } from "../../api/queries";
import { CardTitle } from "../../look/CardTitle";
import { ConfirmDialog } from "../../look/ConfirmDialog";
import { EmptyState } from "../../look/EmptyState";
import { useFormat } from "../../look/format";
import { IconKey, IconPlus, IconTrash } from "../../look/icons";
import { ListState } from "../../look/ListState";
import { useNow } from "../../look/now";
import { useWords } from "../../look/words";
import { AddToken } from "./AddToken";
import { useTexts } from "./texts";

/** The API tokens; a secret is shown once, when it is made. */
export function Tokens() {
  const t = useTexts();
  const words = useWords();
  const queries = useQueryClient();
  const [adding, { open, close }] = useDisclosure();
  const [revoking, setRevoking] = useState<Schema<"Token"> | null>(null);
  const query = useQuery(tokensQuery);
  const revoke = useMutation({
    mutationFn: (id: number) => ask(api.DELETE("/api/v1/tokens/{id}", { params: { path: { id } } })),
    onSuccess: () => {
      setRevoking(null);
      return queries.invalidateQueries({ queryKey: tokensQuery.queryKey });
    },
  });
  return (
    <Paper p="lg">
      <CardTitle title={t("tokens")}>
        <Button size="xs" leftSection={<IconPlus size={15} />} onClick={open}>
          {t("addToken")}
        </Button>
      </CardTitle>
      <Text size="sm" c="dimmed" mb="sm">
        {t("tokensText")}
      </Text>
      <ListState
        query={query}
        items={query.data?.items ?? []}
        empty={<EmptyState icon={<IconKey size={22} />} title={t("noTokens")} />}
      >
        {(tokens) =>
          tokens.map((token) => <Row key={token.id} token={token} onRevoke={() => setRevoking(token)} />)
        }
      </ListState>
      <AddToken opened={adding} onClose={close} />
      <ConfirmDialog
        opened={revoking !== null}
        title={t("revokeTitle", { name: revoking?.name ?? "" })}
        text={t("revokeText")}
        action={words("remove")}
        pending={revoke.isPending}
        error={revoke.error}
        onClose={() => setRevoking(null)}
        onConfirm={() => {
          if (revoking) revoke.mutate(revoking.id);
        }}
      />
    </Paper>
  );
}

function Row({ token, onRevoke }: { token: Schema<"Token">; onRevoke: () => void }) {
  const t = useTexts();
  const format = useFormat();
  const now = useNow();
  const parts = [
    t(`scope.${token.scope}`),
    token.member,
    t("expiresOn", { date: format.date(token.expires_at) }),
    token.last_used_at === null ? t("unused") : t("used", { ago: format.ago(token.last_used_at, now) }),
  ];
  return (
    <Group py="sm" justify="space-between" wrap="nowrap" style={{ borderTop: "1px solid var(--line)" }}>
      <Box miw={0}>
        <Text size="sm" fw={600}>
          {token.name}
        </Text>
        <Text size="xs" c="dimmed">
          {parts.join(" · ")}
        </Text>
      </Box>
      <ActionIcon
        variant="subtle"
        color="red"
        aria-label={t("revoke", { name: token.name })}
        onClick={onRevoke}
      >
        <IconTrash size={16} />
      </ActionIcon>
    </Group>
  );
}
