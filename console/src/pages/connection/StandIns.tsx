import { ActionIcon, Alert, Group, Paper, Stack, Text, Tooltip } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, ask, type Schema } from "../../api/client";
import { Ago } from "../../look/Ago";
import { CardTitle } from "../../look/CardTitle";
import { IconTrash } from "../../look/icons";
import { LinkButton } from "../../look/links";
import { Problem } from "../../look/Problem";
import { useWords } from "../../look/words";
import { useMay } from "../../shell/session";
import { useTexts } from "./texts";

/** Further credentials of the connection, in the order in which they take over; those that were refused last. */
export function StandIns({ connection }: { connection: Schema<"Connection"> }) {
  const t = useTexts();
  const words = useWords();
  const may = useMay("admin");
  const queries = useQueryClient();
  const { name, stand_ins } = connection;
  const remove = useMutation({
    mutationFn: (place: number) =>
      ask(api.DELETE("/api/v1/connections/{name}/stand-ins/{place}", { params: { path: { name, place } } })),
    onSettled: () => queries.invalidateQueries({ queryKey: ["connections"] }),
  });
  const refused = stand_ins.some((each) => each.refused_at !== null);
  return (
    <Paper p="md">
      <CardTitle title={t("standIns")} />
      <Stack gap="sm">
        <Text size="sm" c="dimmed">
          {t(stand_ins.length === 0 ? "noStandIns" : "standInsText")}
        </Text>
        {refused && (
          <Alert color="yellow" title={t("stoodIn")}>
            {t("stoodInText")}
          </Alert>
        )}
        {stand_ins.map((each, place) => {
          const who = each.person?.name ?? each.person?.id ?? t("somebody");
          return (
            <Group key={`${String(place)} ${who}`} justify="space-between" wrap="nowrap">
              <div>
                <Text size="sm">{who}</Text>
                <Text size="xs" c="dimmed">
                  {each.refused_at === null ? (
                    t("ready")
                  ) : (
                    <>
                      {t("refused")} <Ago at={each.refused_at} />
                    </>
                  )}
                </Text>
              </div>
              {may && (
                <Tooltip label={words("remove")}>
                  <ActionIcon
                    variant="subtle"
                    color="gray"
                    aria-label={t("removeStandIn", { who })}
                    loading={remove.isPending && remove.variables === place}
                    onClick={() => remove.mutate(place)}
                  >
                    <IconTrash size={16} />
                  </ActionIcon>
                </Tooltip>
              )}
            </Group>
          );
        })}
        {remove.isError && <Problem error={remove.error} />}
        {may && (
          <LinkButton variant="default" size="xs" to="/connections/new" search={{ standIn: name }}>
            {t("addStandIn")}
          </LinkButton>
        )}
      </Stack>
    </Paper>
  );
}
