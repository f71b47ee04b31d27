import { Button, Grid, Paper, Skeleton, Stack, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { api, ask } from "../../api/client";
import { connectionQuery } from "../../api/queries";
import { CardTitle } from "../../look/CardTitle";
import { Count } from "../../look/Count";
import { ErrorState } from "../../look/ErrorState";
import { Figure } from "../../look/Figure";
import { IconBolt } from "../../look/icons";
import { LinkButton, LinkText } from "../../look/links";
import { PageHead } from "../../look/PageHead";
import { Problem } from "../../look/Problem";
import { useMay } from "../../shell/session";
import { Modules } from "./Modules";
import { Refused } from "./Refused";
import { Remove } from "./Remove";
import { StandIns } from "./StandIns";
import { TestResult } from "./TestResult";
import { useTexts } from "./texts";

/** `/connections/$name`: how the account stands, its modules, what depends on it. */
export function ConnectionPage() {
  const t = useTexts();
  const may = useMay("admin");
  const { name } = useParams({ from: "/inside/connections/$name" });
  const query = useQuery(connectionQuery(name));
  const queries = useQueryClient();
  const test = useMutation({
    mutationFn: () => ask(api.POST("/api/v1/connections/{name}/test", { params: { path: { name } } })),
    // A test may show that the credential is refused, or is good again.
    onSettled: () => queries.invalidateQueries({ queryKey: connectionQuery(name).queryKey }),
  });
  const trail = [{ label: t("trail"), to: "/connections" as const }];
  if (query.isPending)
    return (
      <>
        <PageHead title={name} trail={trail} />
        <Skeleton h={260} />
      </>
    );
  if (query.data === undefined)
    return (
      <>
        <PageHead title={name} trail={trail} />
        <ErrorState error={query.error} retry={query.refetch} />
      </>
    );
  const connection = query.data;
  // It may be valid for its hour, and be refused all the same.
  const token = connection.refused_at === null ? connection.token.state : "refused";
  return (
    <>
      <PageHead
        title={name}
        trail={trail}
        text={t("org", {
          service: connection.service.toUpperCase(),
          place: connection.place,
          org: connection.org,
        })}
      >
        {may && (
          <>
            <Button
              variant="default"
              leftSection={<IconBolt size={16} />}
              loading={test.isPending}
              onClick={() => test.mutate()}
            >
              {t("test")}
            </Button>
            <LinkButton variant="default" to="/connections/new" search={{ again: name }}>
              {t("again")}
            </LinkButton>
            <Remove connection={connection} />
          </>
        )}
      </PageHead>
      <Stack>
        {connection.refused_at !== null && <Refused name={name} at={connection.refused_at} />}
        {test.isError && <Problem error={test.error} />}
        {test.data && <TestResult test={test.data} />}
        <Grid gap="md">
          <Grid.Col span={{ base: 12, md: 8 }}>
            <Modules name={name} />
          </Grid.Col>
          <Grid.Col span={{ base: 12, md: 4 }}>
            <Stack>
              <Paper p="md">
                <CardTitle title={t("about")} />
                <Stack gap="sm">
                  <Figure label={t("token")} value={t(`token.${token}`)} />
                  <Figure
                    label={t("credits")}
                    value={connection.credits_used === null ? "–" : <Count value={connection.credits_used} />}
                  />
                  <Figure label={t("channels")} value={<Count value={connection.channels} />} />
                </Stack>
              </Paper>
              <StandIns connection={connection} />
              <Paper p="md">
                <CardTitle title={t("integrations")} />
                {connection.integrations.length === 0 ? (
                  <Text size="sm" c="dimmed">
                    {t("unused")}
                  </Text>
                ) : (
                  <Stack gap={4}>
                    {connection.integrations.map((each) => (
                      <LinkText key={each} size="sm" to="/integrations/$name" params={{ name: each }}>
                        {each}
                      </LinkText>
                    ))}
                  </Stack>
                )}
              </Paper>
            </Stack>
          </Grid.Col>
        </Grid>
      </Stack>
    </>
  );
}
