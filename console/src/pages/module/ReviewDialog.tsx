import { Alert, Button, Group, Modal, Skeleton, Stack, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, ask } from "../../api/client";
import { integrationQuery, statusQuery } from "../../api/queries";
import { IconAlertTriangle } from "../../look/icons";
import type { ModulePair } from "../../look/mapping/pairs";
import { previewQuery } from "../../look/mapping/queries";
import { Problem } from "../../look/Problem";
import { useWords } from "../../look/words";
import { useToast } from "../../shell/toast";
import { differences, listedAnew } from "./differences";
import { Differences } from "./Differences";
import { useTexts } from "./texts";

interface Props {
  name: string;
  sides: { left: string; right: string };
  /** All pairs of the integration, with the changed one in its place. */
  modules: ModulePair[];
  at: number;
  before: ModulePair[];
  onClose: () => void;
  onSaved: () => void;
}

/** What saving would change, before it does. What is wrong is not saved. */
export function ReviewDialog({ name, sides, modules, at, before, onClose, onSaved }: Props) {
  const t = useTexts();
  const words = useWords();
  const toast = useToast();
  const queries = useQueryClient();
  const params = { path: { name } };
  const plan = useQuery({
    queryKey: ["integration", name, "change", modules],
    gcTime: 0,
    retry: false,
    queryFn: ({ signal }) =>
      ask(api.POST("/api/v1/integrations/{name}/preview-change", { signal, params, body: { modules } })),
  });
  const then = useQuery(previewQuery({ ...sides, modules: before, at }));
  const save = useMutation({
    mutationFn: () => ask(api.PATCH("/api/v1/integrations/{name}", { params, body: { modules } })),
    onSuccess: (integration) => {
      toast.done(t("saved"));
      queries.setQueryData(integrationQuery(name).queryKey, integration);
      onSaved();
      void queries.invalidateQueries({ queryKey: statusQuery.queryKey });
    },
  });
  const [old, next] = [before[at], modules[at]];
  const items = old && next ? differences(old, next) : [];
  const anew =
    items.some(({ what }) => what === "listed") && old && next ? listedAnew(then.data, old, next) : [];
  const problems = (plan.data?.modules ?? []).flatMap(({ problems: some }) => some);
  const blocked = (plan.data?.modules ?? [])
    .flatMap(({ required_missing: { left, right } }) => [
      { side: sides.left, fields: left },
      { side: sides.right, fields: right },
    ])
    .filter(({ fields }) => fields.length > 0);
  return (
    <Modal
      opened
      size="lg"
      onClose={onClose}
      title={<b>{t("review")}</b>}
      closeButtonProps={{ "aria-label": words("close") }}
    >
      <Stack>
        <Differences
          items={[...items, ...anew]}
          sides={sides}
          modules={{ left: next?.left ?? "", right: next?.right ?? "" }}
        />
        {plan.isPending && <Skeleton h={40} />}
        {plan.isError && <Problem error={plan.error} />}
        {problems.length > 0 && (
          <Alert color="red" icon={<IconAlertTriangle size={18} />} title={t("wrong")} role="alert">
            {problems.map((problem) => (
              <Text size="sm" key={problem.what}>
                {problem.what}. {problem.hint}
              </Text>
            ))}
          </Alert>
        )}
        {blocked.map(({ side, fields }) => (
          <Alert key={side} color="red" icon={<IconAlertTriangle size={18} />} title={t("wrong")}>
            {t("missing", { name: side, fields: fields.join(", ") })}
          </Alert>
        ))}
        <Text size="sm" c="dimmed">
          {t("then")}
        </Text>
        {save.isError && <Problem error={save.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose} data-autofocus>
            {t("goOn")}
          </Button>
          <Button
            disabled={!plan.isSuccess || problems.length + blocked.length > 0}
            loading={save.isPending}
            onClick={() => save.mutate()}
          >
            {words("save")}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
