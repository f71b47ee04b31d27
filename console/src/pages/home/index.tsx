import { Grid, Paper, SimpleGrid, Skeleton, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { statusQuery } from "../../api/queries";
import { EmptyState } from "../../look/EmptyState";
import { ErrorState } from "../../look/ErrorState";
import { IconArrowsExchange } from "../../look/icons";
import { LinkButton } from "../../look/links";
import { PageHead } from "../../look/PageHead";
import { ActivityCard } from "./ActivityCard";
import { AttentionCard } from "./AttentionCard";
import { CreditsCard } from "./CreditsCard";
import { IntegrationCard } from "./IntegrationCard";
import { LatestCard } from "./LatestCard";
import { NoticesCard } from "./NoticesCard";
import { useTexts } from "./texts";

/** `/`: every integration, what waits, what was done, what it cost. */
export function HomePage() {
  const t = useTexts();
  const status = useQuery(statusQuery);
  return (
    <>
      <PageHead title={t("title")} text={t("subtitle")} />
      {status.isPending ? (
        <SimpleGrid cols={{ base: 1, md: 2 }} aria-busy>
          <Skeleton h={150} />
          <Skeleton h={150} />
        </SimpleGrid>
      ) : status.isError && status.data === undefined ? (
        <ErrorState error={status.error} retry={status.refetch} />
      ) : status.data.integrations.length === 0 ? (
        <Paper>
          <EmptyState icon={<IconArrowsExchange size={22} />} title={t("noneTitle")} text={t("noneText")}>
            {status.data.connections.length < 2 ? (
              <LinkButton to="/connections/new" mt="xs">
                {t("connect")}
              </LinkButton>
            ) : (
              <LinkButton to="/integrations/new" mt="xs">
                {t("newIntegration")}
              </LinkButton>
            )}
          </EmptyState>
        </Paper>
      ) : (
        <Stack gap="md">
          <SimpleGrid cols={{ base: 1, md: 2 }}>
            {status.data.integrations.map((integration) => (
              <IntegrationCard key={integration.name} integration={integration} />
            ))}
          </SimpleGrid>
          <Grid gap="md">
            <Grid.Col span={{ base: 12, md: 8 }}>
              <Stack>
                <ActivityCard />
                <LatestCard />
              </Stack>
            </Grid.Col>
            <Grid.Col span={{ base: 12, md: 4 }}>
              <Stack>
                <AttentionCard integrations={status.data.integrations} />
                <NoticesCard />
                <CreditsCard connections={status.data.connections} />
              </Stack>
            </Grid.Col>
          </Grid>
        </Stack>
      )}
    </>
  );
}
