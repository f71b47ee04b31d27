import { Paper, SimpleGrid, Skeleton, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { settingsQuery } from "../../api/queries";
import { Ago } from "../../look/Ago";
import { CardTitle } from "../../look/CardTitle";
import { ErrorState } from "../../look/ErrorState";
import { Figure } from "../../look/Figure";
import { useMay } from "../../shell/session";
import { Backup } from "./Backup";
import { Checkup } from "./Checkup";
import { Export } from "./Export";
import { useTexts } from "./texts";

/** Version, database and processes of the hub; a check-up and a backup now. */
export function About() {
  const t = useTexts();
  const [admin, owner] = [useMay("admin"), useMay("owner")];
  const query = useQuery(settingsQuery);
  if (query.isPending) return <Skeleton h={220} />;
  if (query.data === undefined) return <ErrorState error={query.error} retry={query.refetch} />;
  const { version, database, started_at, processes, public_url } = query.data;
  return (
    <Stack>
      <Paper p="lg">
        <CardTitle title={t("about")} />
        <SimpleGrid cols={{ base: 1, xs: 2 }}>
          <Figure label={t("version")} value={version} />
          <Figure label={t("database")} value={database === "sqlite" ? "SQLite" : "PostgreSQL"} />
          <Figure label={t("startedAt")} value={<Ago at={started_at} />} />
          <Figure label={t("processes")} value={processes.join(", ")} />
        </SimpleGrid>
        <Text size="xs" c="dimmed" mt="md">
          {t("publicUrl")}
        </Text>
        <Text size="sm">{public_url ?? t("noPublicUrl")}</Text>
      </Paper>
      {admin && <Checkup />}
      {admin && <Export />}
      {owner && <Backup />}
    </Stack>
  );
}
