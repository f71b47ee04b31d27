import { Button, Group, Loader, Modal, Stack, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { asProblem } from "../../api/problem";
import { useFormat } from "../format";
import { Problem } from "../Problem";
import { useWords } from "../words";
import { Became } from "./Became";
import { Plan, type Called } from "./Plan";
import { useTexts } from "./texts";
import type { useUndo } from "./undo";

interface Props {
  /** What is open, if anything is. */
  opened: boolean;
  kind: "record" | "run" | "period";
  integration: { name: string; left: string; right: string };
  undoing: ReturnType<typeof useUndo>;
  called?: Called | undefined;
  onClose: () => void;
  /** How it is chosen what is undone, where that is still open. */
  children?: ReactNode;
}

/** An undo: what it would do, whether it shall be done, and what became of it. */
export function UndoDialog({ opened, kind, integration, undoing, called, onClose, children }: Props) {
  const t = useTexts();
  const words = useWords();
  const format = useFormat();
  const { plan, undo, look, confirm } = undoing;
  const changed = undo.isError && asProblem(undo.error).code === "undo.plan_changed";
  const ready = plan.data?.ready ?? 0;
  const again = () => {
    if (plan.variables) look(plan.variables);
  };
  const close = () => {
    // What is under way is told before anybody leaves.
    if (!undo.isPending) onClose();
  };
  return (
    <Modal
      opened={opened}
      onClose={close}
      size="lg"
      title={<b>{t(`title_${kind}`)}</b>}
      closeButtonProps={{ "aria-label": words("close") }}
    >
      <Stack>
        {undo.isSuccess ? (
          <Became name={integration.name} decisions={undo.data.decisions} />
        ) : (
          <>
            {children}
            {plan.isPending && (
              <Group gap="xs" role="status">
                <Loader size="xs" />
                <Text size="sm">{t("planning")}</Text>
              </Group>
            )}
            {plan.isError && <Problem error={plan.error} />}
            {plan.isSuccess && <Plan plan={plan.data} sides={integration} called={called} />}
          </>
        )}
        {/* However long the plan is, the answer to it stays in sight. */}
        <Stack
          gap="sm"
          pb="md"
          mb="calc(var(--mantine-spacing-md) * -1)"
          bg="var(--mantine-color-body)"
          style={{ position: "sticky", bottom: 0 }}
        >
          {undo.isError && <Problem error={undo.error} />}
          <Group justify="flex-end" gap="sm">
            <Button variant="default" data-autofocus disabled={undo.isPending} onClick={close}>
              {words(undo.isSuccess || (plan.isSuccess && ready === 0) ? "close" : "cancel")}
            </Button>
            {!undo.isSuccess && (changed || plan.isError) && (
              <Button loading={plan.isPending} onClick={again}>
                {t("again")}
              </Button>
            )}
            {!undo.isSuccess && !changed && ready > 0 && (
              <Button loading={undo.isPending} onClick={confirm}>
                {t("confirm", { count: ready, n: format.count(ready) })}
              </Button>
            )}
          </Group>
        </Stack>
      </Stack>
    </Modal>
  );
}
