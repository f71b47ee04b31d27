import { Alert, Badge, Button, Collapse, Group, Paper, Skeleton, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { DeletionFold } from "../../look/deletion/DeletionFold";
import { ErrorState } from "../../look/ErrorState";
import { useFormat } from "../../look/format";
import { IconAlertTriangle, IconChevronDown } from "../../look/icons";
import { MappingEditor } from "../../look/mapping";
import { previewQuery } from "../../look/mapping/queries";
import { usePairName } from "../../look/names";
import { OwnersFold } from "../../look/owners/OwnersFold";
import { ScopeFold } from "../../look/scope/ScopeFold";
import { useSettled } from "../../look/settled";
import { newPair, type Chosen, type Draft, type Pair } from "./draft";
import { MissingParents } from "./MissingParents";
import { useTexts } from "./texts";

interface Props {
  draft: Chosen;
  /** So many of the pairs are synced already; their mapping is shown with their settings, and so are the owners. */
  kept?: number;
  set: (change: Pick<Partial<Draft>, "modules" | "owners" | "job">) => void;
}

/** Which fields are mapped to each other, which are left out and why, and what is missing. */
export function Mapping({ draft, kept = 0, set }: Props) {
  const t = useTexts();
  const { left, right, modules, owners } = draft;
  return (
    <Stack>
      <Text size="sm" c="dimmed">
        {t("mappingText")}
      </Text>
      {modules.slice(kept).map((module, at) => (
        <ModuleMapping key={module.left} draft={draft} kept={kept} at={kept + at} set={set} />
      ))}
      {kept === 0 && (
        <OwnersFold
          draft={{ left, right, modules, owners, at: 0 }}
          onChange={(changed) => set({ owners: changed, job: null })}
        />
      )}
    </Stack>
  );
}

function ModuleMapping({ draft, kept = 0, at, set }: Props & { at: number }) {
  const t = useTexts();
  const format = useFormat();
  const pair = usePairName();
  const { left, right, modules, owners } = draft;
  const [opened, { toggle }] = useDisclosure(modules.length - kept === 1);
  const whole = { left, right, modules, owners, at };
  const settled = useSettled(whole, 400);
  const preview = useQuery(previewQuery(settled));
  const module = modules[at];
  if (module === undefined) return null;
  const title = pair(module.left, module.right);
  const change = (changed: Pair) =>
    set({ modules: modules.map((each, place) => (place === at ? changed : each)), job: null });
  if (preview.data === undefined) {
    return preview.isPending ? (
      <Skeleton h={80} />
    ) : (
      <ErrorState error={preview.error} retry={preview.refetch} />
    );
  }
  const { mapped, required_missing, problems } = preview.data;
  const count = mapped.filter(({ direction }) => direction !== null).length;
  const missing = [
    { name: left, fields: required_missing.left },
    { name: right, fields: required_missing.right },
  ].filter(({ fields }) => fields.length > 0);
  return (
    <Paper p="md" bg="var(--page)" component="section" aria-label={title}>
      <Group justify="space-between">
        <div>
          <Text fw={600} component="div">
            {title}{" "}
            {problems.length > 0 && (
              <Badge color="red" variant="light" tt="none">
                {t("wrong", { count: problems.length, n: format.count(problems.length) })}
              </Badge>
            )}
          </Text>
          <Text size="sm" c="dimmed">
            {t("mapped", { count, n: format.count(count) })}
          </Text>
        </div>
        <Button
          variant="default"
          size="xs"
          aria-expanded={opened}
          aria-label={t("editMapping", { name: title })}
          rightSection={<IconChevronDown size={14} style={{ rotate: opened ? "180deg" : "none" }} />}
          onClick={toggle}
        >
          {t("showFields")}
        </Button>
      </Group>
      {(opened ? [] : missing).map(({ name, fields }) => (
        <Alert key={name} color="orange" mt="sm" icon={<IconAlertTriangle size={18} />}>
          {t("missing", { name, fields: fields.join(", ") })}
        </Alert>
      ))}
      <MissingParents
        draft={settled}
        onAdd={(parent) =>
          set({ modules: [...modules.slice(0, at), newPair(parent), ...modules.slice(at)], job: null })
        }
      />
      <Collapse expanded={opened}>
        {opened && (
          <div style={{ marginTop: "var(--mantine-spacing-md)" }}>
            <MappingEditor draft={whole} onChange={change} />
          </div>
        )}
      </Collapse>
      <ScopeFold inner draft={whole} pair={module} saved={null} onChange={change} />
      <DeletionFold inner pair={module} sides={{ left, right }} onChange={change} />
    </Paper>
  );
}
