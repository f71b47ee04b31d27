import { Alert, Button, Group, Loader, Stack, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, ask, type Schema } from "../../api/client";
import { integrationQuery, statusQuery } from "../../api/queries";
import { useToast } from "../../shell/toast";
import { useFormat } from "../format";
import { IconInfoCircle } from "../icons";
import { SIDES } from "../mapping/pairs";
import { Problem } from "../Problem";
import { useTexts } from "./texts";

interface Props {
  name: string;
  sides: { left: string; right: string };
  module: { left: string; right: string };
  may: boolean;
}

/** A list view that decides what takes part was changed in the service: what that would mean, and taking it over. */
export function ViewsChanged({ name, sides, module, may }: Props) {
  const t = useTexts();
  const toast = useToast();
  const format = useFormat();
  const queries = useQueryClient();
  const [shown, setShown] = useState(false);
  const params = { path: { name } };
  const config = useQuery(integrationQuery(name));
  const pair = config.data?.modules.find(({ left, right }) => left === module.left && right === module.right);
  const counts = useQuery({
    queryKey: ["integration", name, "views-changed", module.left, module.right],
    enabled: shown && pair !== undefined,
    staleTime: 60_000,
    retry: false,
    queryFn: ({ signal }) =>
      ask(
        api.POST("/api/v1/integrations/{name}/scope-count", {
          signal,
          params,
          body: pair ?? module,
        }),
      ),
  });
  const take = useMutation({
    mutationFn: () => ask(api.POST("/api/v1/integrations/{name}/take-views", { params })),
    onSuccess: () => {
      toast.done(t("taken"));
      void queries.invalidateQueries({ queryKey: ["integration", name] });
      void queries.invalidateQueries({ queryKey: statusQuery.queryKey });
    },
    onError: toast.problem,
  });
  const said = (side: "left" | "right", { entering, leaving }: Schema<"SideScopeCount">) =>
    entering + leaving === 0
      ? t("changedSame", { name: sides[side] })
      : t("changedSide", {
          name: sides[side],
          count: entering,
          n: format.count(entering),
          leaving: format.count(leaving),
        });
  return (
    <Alert color="ai" icon={<IconInfoCircle size={18} />} title={t("changed")} role="status">
      <Stack gap="xs">
        <Text size="sm">
          {t("changedText")} {t("changedNothing")}
        </Text>
        {counts.data &&
          SIDES.map((side) => (
            <Text size="sm" fw={600} key={side}>
              {said(side, counts.data[side])}
            </Text>
          ))}
        {counts.isError && <Problem error={counts.error} />}
        <Group gap="xs">
          {!counts.isSuccess && (
            <Button
              size="compact-sm"
              variant="default"
              loading={counts.isFetching}
              loaderProps={{ children: <Loader size={14} /> }}
              onClick={() => {
                setShown(true);
                if (counts.isError) void counts.refetch();
              }}
            >
              {t("changedShow")}
            </Button>
          )}
          {may && (
            <Button size="compact-sm" loading={take.isPending} onClick={() => take.mutate()}>
              {t("take")}
            </Button>
          )}
        </Group>
      </Stack>
    </Alert>
  );
}
