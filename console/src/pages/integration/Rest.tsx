import { ActionIcon, Button, Checkbox, Group, Modal, Select, Stack, Text, Tooltip } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, ask, type Schema } from "../../api/client";
import { asProblem } from "../../api/problem";
import { statusQuery } from "../../api/queries";
import { ConfirmDialog } from "../../look/ConfirmDialog";
import { IconPower } from "../../look/icons";
import { usePairName } from "../../look/names";
import { Problem } from "../../look/Problem";
import { useWords } from "../../look/words";
import { useMay } from "../../shell/session";
import { useToast } from "../../shell/toast";
import { useTexts } from "./texts";

interface Props {
  integration: Schema<"IntegrationStatus">;
  module: Schema<"ModuleStatus">;
}

const RULES = ["latest", "left", "right", "skip"] as const;
type Rule = (typeof RULES)[number];

/** Lets a module rest, and sets it up again with a rule for what both sides changed meanwhile. */
export function Rest({ integration, module }: Props) {
  const t = useTexts();
  const words = useWords();
  const toast = useToast();
  const pairName = usePairName();
  const queries = useQueryClient();
  const may = useMay("admin");
  const [asking, { open, close }] = useDisclosure();
  const [rule, setRule] = useState<Rule>("latest");
  const [withoutParents, setWithoutParents] = useState(false);
  const sides = { left: integration.left, right: integration.right };
  const pair = pairName(module.left, module.right);
  const rests = module.state === "inactive";
  // It was added inactive: there is nothing that both sides could have changed meanwhile.
  const fresh = module.phase === "new";
  const path = { name: integration.name, module: module.left };
  const change = useMutation({
    mutationFn: () =>
      rests
        ? ask(
            api.POST("/api/v1/integrations/{name}/modules/{module}/activate", {
              params: { path },
              body: { conflict: fresh ? null : rule, without_parents: withoutParents },
            }),
          )
        : ask(api.POST("/api/v1/integrations/{name}/modules/{module}/deactivate", { params: { path } })),
    onSuccess: () => {
      toast.done(t(rests ? (fresh ? "begun" : "activated") : "deactivated", { pair }));
      close();
      setWithoutParents(false);
      void queries.invalidateQueries({ queryKey: statusQuery.queryKey });
    },
  });
  if (!may) return null;
  const parentless = change.error !== null && asProblem(change.error).code === "module.parent_inactive";
  const leave = () => {
    change.reset();
    close();
  };
  const label = t(rests ? (fresh ? "beginOf" : "activateOf") : "deactivateOf", { pair });
  return (
    <>
      <Tooltip label={label}>
        <ActionIcon variant="subtle" color="gray" aria-label={label} onClick={open}>
          <IconPower size={17} />
        </ActionIcon>
      </Tooltip>
      <ConfirmDialog
        opened={asking && !rests}
        title={t("deactivateTitle", { pair })}
        text={t("deactivateText")}
        action={t("deactivate")}
        pending={change.isPending}
        error={change.error}
        onClose={leave}
        onConfirm={() => change.mutate()}
      />
      <Modal
        opened={asking && rests}
        onClose={leave}
        title={<b>{t(fresh ? "beginTitle" : "activateTitle", { pair })}</b>}
        closeButtonProps={{ "aria-label": words("close") }}
      >
        <Stack>
          <Text size="sm">{t(fresh ? "beginText" : "activateText")}</Text>
          {!fresh && (
            <Select
              label={t("meanwhile")}
              description={t("meanwhileText")}
              inputWrapperOrder={["label", "input", "description"]}
              allowDeselect={false}
              value={rule}
              onChange={(value) => setRule(RULES.find((each) => each === value) ?? "latest")}
              data={RULES.map((each) => ({ value: each, label: words(`conflict.${each}`, sides) }))}
            />
          )}
          {change.error !== null && <Problem error={change.error} />}
          {(parentless || withoutParents) && (
            <Checkbox
              label={t("withoutParents")}
              checked={withoutParents}
              onChange={(event) => setWithoutParents(event.currentTarget.checked)}
            />
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={leave}>
              {words("cancel")}
            </Button>
            <Button loading={change.isPending} onClick={() => change.mutate()}>
              {t(fresh ? "begin" : "activate")}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}
