import { Alert, Select, SimpleGrid, Skeleton, Stack, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { connectionsQuery } from "../../api/queries";
import { ErrorState } from "../../look/ErrorState";
import { LinkButton } from "../../look/links";
import { suggestedName, validName, type Draft } from "./draft";
import { useTexts } from "./texts";

interface Props {
  draft: Draft;
  set: (change: Partial<Draft>) => void;
}

/** Between whom, and under which name. */
export function ChooseConnections({ draft, set }: Props) {
  const t = useTexts();
  const query = useQuery(connectionsQuery);
  if (query.isPending) return <Skeleton h={120} />;
  if (query.data === undefined) return <ErrorState error={query.error} retry={query.refetch} />;
  const data = query.data.items.map(({ name, place }) => ({ value: name, label: `${name} (${place})` }));
  const choose = (side: "left" | "right", value: string | null) => {
    const next = { ...draft, [side]: value ?? "" };
    const own = draft.name !== "" && draft.name !== suggestedName(draft.left, draft.right);
    set({
      [side]: value ?? "",
      modules: [],
      saved: false,
      job: null,
      ...(own ? {} : { name: suggestedName(next.left, next.right) }),
    });
  };
  if (data.length < 2) {
    return (
      <Alert color="ai" title={t("few")}>
        <LinkButton to="/connections/new" mt="xs">
          {t("addConnection")}
        </LinkButton>
      </Alert>
    );
  }
  const same = draft.left !== "" && draft.left === draft.right;
  return (
    <Stack>
      <SimpleGrid cols={{ base: 1, xs: 2 }}>
        <Select
          label={t("left")}
          data={data}
          value={draft.left === "" ? null : draft.left}
          onChange={(value) => choose("left", value)}
          searchable
        />
        <Select
          label={t("right")}
          data={data}
          value={draft.right === "" ? null : draft.right}
          onChange={(value) => choose("right", value)}
          error={same ? t("same") : undefined}
          searchable
        />
      </SimpleGrid>
      <TextInput
        label={t("name")}
        description={t("nameText")}
        value={draft.name}
        disabled={draft.saved}
        error={draft.name !== "" && !validName(draft.name) ? t("nameWrong") : undefined}
        onChange={(event) => set({ name: event.currentTarget.value })}
      />
    </Stack>
  );
}
