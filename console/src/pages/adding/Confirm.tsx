import { Button, Group, Radio, Skeleton, Stack, Text, TextInput, Title } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { api, ask, type Schema } from "../../api/client";
import { integrationQuery, rememberedQuery, statusQuery } from "../../api/queries";
import { Findings, isBlocked, useChange } from "../../look/change";
import { Cascades } from "../../look/deletion/Cascades";
import { isSame } from "../../look/mapping/pairs";
import { Problem } from "../../look/Problem";
import { useWords } from "../../look/words";
import { useToast } from "../../shell/toast";
import type { Pair } from "../wizard/draft";
import { Added } from "./Added";
import { useTexts } from "./texts";

interface Props {
  integration: Schema<"Integration">;
  /** The pairs that are synced already. */
  there: Pair[];
  added: Pair[];
  onChange: (added: Pair[]) => void;
  /** They are saved, and the integration is paused. */
  onPlan: () => void;
}

const WAYS = ["inactive", "now", "plan"] as const;
type Way = (typeof WAYS)[number];

/** What saving adds, when its first load begins, and what keeps it from being saved. */
export function Confirm({ integration, there, added, onChange, onPlan }: Props) {
  const t = useTexts();
  const words = useWords();
  const toast = useToast();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const { name, left, right, owners } = integration;
  const sides = { left, right };
  const params = { path: { name } };
  const { data: status } = useQuery({
    ...statusQuery,
    select: ({ integrations }) => integrations.find((each) => each.name === name),
  });
  const paused = (status?.state ?? integration.state) === "paused";
  const ways = WAYS.filter((way) => way !== "now" || !paused);
  const [chosen, setChosen] = useState<Way | null>(null);
  const way = chosen !== null && ways.includes(chosen) ? chosen : paused ? "plan" : "inactive";
  const [typed, setTyped] = useState("");
  const change = useChange(name, [...there, ...added]);
  const remembered = useQuery(rememberedQuery).data?.items ?? [];
  const cascades = change.data?.cascades ?? [];
  const draft = { ...sides, owners, modules: [...there, ...added] };

  const save = useMutation({
    mutationFn: async () => {
      const pauses = way === "plan" && !paused;
      if (pauses) await ask(api.POST("/api/v1/integrations/{name}/pause", { params }));
      const modules = [
        ...there,
        ...added.map((pair) => ({ ...pair, state: way === "inactive" ? ("inactive" as const) : null })),
      ];
      const body = { modules, ...(cascades.length === 0 ? {} : { confirm_deletion: typed.trim() }) };
      try {
        return await ask(api.PATCH("/api/v1/integrations/{name}", { params, body }));
      } catch (error) {
        // What was not added is no reason to rest.
        if (pauses) await ask(api.POST("/api/v1/integrations/{name}/resume", { params }));
        throw error;
      }
    },
    onSuccess: async (changed) => {
      if (way === "plan") onPlan();
      else {
        toast.done(t(`saved_${way}`));
        await navigate({ to: "/integrations/$name", params: { name }, ignoreBlocker: true });
      }
      queries.setQueryData(integrationQuery(name).queryKey, changed);
      void queries.invalidateQueries({ queryKey: statusQuery.queryKey });
      void queries.invalidateQueries({ queryKey: rememberedQuery.queryKey });
    },
  });
  return (
    <Stack>
      <div>
        <Title order={2}>{t("confirm")}</Title>
        <Text size="sm" c="dimmed">
          {t("confirmText")}
        </Text>
      </div>
      {added.map((pair, at) => (
        <Added
          key={pair.left}
          draft={{ ...draft, at: there.length + at }}
          status={status}
          known={
            remembered.find((one) => isSame(one, pair) && one.integration === name) ??
            remembered.find((one) => isSame(one, pair))
          }
        />
      ))}
      {change.isPending && <Skeleton h={40} />}
      <Findings
        change={change}
        pairs={added}
        sides={sides}
        onChange={(next) => onChange(added.map((each) => (isSame(each, next) ? next : each)))}
      />
      <Cascades cascades={cascades} sides={sides} />
      {cascades.length > 0 && (
        <TextInput
          label={words("typeToConfirm", { name })}
          autoComplete="off"
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
      )}
      <Radio.Group label={t("how")} value={way} onChange={(next) => setChosen(next)}>
        <Stack gap="sm" mt="xs">
          {ways.map((each) => (
            <Radio
              key={each}
              value={each}
              label={t(`way_${each}`)}
              description={t(each === "plan" && !paused ? "text_pauses" : `text_${each}`)}
            />
          ))}
        </Stack>
      </Radio.Group>
      {save.isError && <Problem error={save.error} />}
      <Group justify="flex-end">
        <Button
          disabled={
            !change.isSuccess ||
            isBlocked(change.data, added) ||
            (cascades.length > 0 && typed.trim() !== name)
          }
          loading={save.isPending}
          onClick={() => save.mutate()}
        >
          {t(`save_${way}`)}
        </Button>
      </Group>
    </Stack>
  );
}
