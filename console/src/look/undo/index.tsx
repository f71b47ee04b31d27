import { Button } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useMay } from "../../shell/session";
import { IconHistory } from "../icons";
import type { Called } from "./Plan";
import { useTexts } from "./texts";
import { useUndo, type Selection } from "./undo";
import { UndoDialog } from "./UndoDialog";

interface Props {
  kind: "record" | "run";
  integration: { name: string; left: string; right: string };
  of: Selection;
  called?: Called;
}

/** The way to take back what was written to a record or by a run; for administrators. */
export function Undo({ kind, integration, of, called }: Props) {
  const t = useTexts();
  const may = useMay("admin");
  const [opened, { open, close }] = useDisclosure();
  const undoing = useUndo(integration.name);
  if (!may) return null;
  return (
    <>
      <Button
        size="xs"
        variant="default"
        leftSection={<IconHistory size={14} />}
        onClick={() => {
          open();
          undoing.look(of);
        }}
      >
        {t(`open_${kind}`)}
      </Button>
      <UndoDialog
        opened={opened}
        kind={kind}
        integration={integration}
        undoing={undoing}
        called={called}
        onClose={close}
      />
    </>
  );
}
