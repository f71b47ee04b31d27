import { Button, Group, Stack, Text } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { api, ask, type Schema } from "../../api/client";
import { useFormat } from "../../look/format";
import { LinkText } from "../../look/links";
import { SIDES } from "../../look/mapping/pairs";
import { useFieldName } from "../../look/names";
import { useToast } from "../../shell/toast";
import { useTexts } from "./texts";

interface Props {
  integration: string;
  module: Schema<"ModulePlan">;
  sides: { left: string; right: string };
}

/** Records that would be created and look like one that is there: suggestions, each of which a person may tie before anything starts. */
export function Lookalikes({ integration, module, sides }: Props) {
  const t = useTexts();
  const format = useFormat();
  const { count, samples, cut } = module.lookalikes;
  if (count === 0) return null;
  return (
    <Stack
      gap={6}
      mt="md"
      component="section"
      aria-label={t("lookalikes", { count, n: format.count(count) })}
    >
      <Text size="sm" fw={600}>
        {t("lookalikes", { count, n: format.count(count) })}
      </Text>
      <Text size="sm" c="dimmed">
        {t("lookalikesText")}
        {cut && ` ${t("lookalikesCut")}`}
      </Text>
      {samples.map((alike) => (
        <Alike
          key={`${alike.left_id} ${alike.right_id}`}
          integration={integration}
          module={module}
          sides={sides}
          alike={alike}
        />
      ))}
    </Stack>
  );
}

function Alike({ integration, module, sides, alike }: Props & { alike: Schema<"Lookalike"> }) {
  const t = useTexts();
  const toast = useToast();
  const fieldName = useFieldName();
  const { left_id, right_id } = alike;
  const tie = useMutation({
    mutationFn: () =>
      ask(
        api.POST("/api/v1/integrations/{name}/modules/{module}/links", {
          params: { path: { name: integration, module: module.left } },
          body: { left_id, right_id },
        }),
      ),
    onSuccess: ({ state, code, what, hint }) => {
      if (state === "not_done") toast.notDone(code ?? "", what ?? "", hint ?? "");
      else toast.done(t("tied"));
    },
    onError: toast.problem,
  });
  const tied = tie.isSuccess && tie.data.state !== "not_done";
  return (
    <Group justify="space-between" wrap="nowrap" gap="sm">
      <Text size="sm" style={{ overflowWrap: "anywhere" }}>
        {SIDES.map((side) => (
          <span key={side}>
            {side === "right" && " ↔ "}
            <LinkText
              to="/connections/$name/$module"
              params={{ name: sides[side], module: module[side] }}
              search={{ record: alike[`${side}_id`] }}
            >
              {alike[`${side}_label`] ?? alike[`${side}_id`]}
            </LinkText>
          </span>
        ))}
        <Text span size="xs" c="dimmed" display="block">
          {t("lookalikeBy", {
            score: String(alike.score),
            fields: alike.agrees.map((field) => fieldName(field)).join(", "),
          })}
        </Text>
      </Text>
      <Button
        size="compact-sm"
        variant="default"
        style={{ flexShrink: 0 }}
        loading={tie.isPending}
        disabled={tied}
        aria-label={t("tieOf", { name: alike.left_label ?? left_id })}
        onClick={() => tie.mutate()}
      >
        {t(tied ? "tiedAlready" : "tie")}
      </Button>
    </Group>
  );
}
