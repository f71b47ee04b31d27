import { Alert, Button, Group, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { modulesQuery } from "../../api/queries";
import { IconInfoCircle, IconPlus } from "../../look/icons";
import { useLeads } from "../../look/mapping/leads";
import type { Draft } from "../../look/mapping/pairs";
import { useModuleName } from "../../look/names";
import { useTexts } from "./texts";

interface Props {
  draft: Draft;
  /** Adds this module, before the one that needs it. */
  onAdd: (module: string) => void;
}

/** The modules that a pair's lookups lead to and that are not synced (S2-17): those lookups stay out until they are. */
export function MissingParents({ draft, onAdd }: Props) {
  const t = useTexts();
  const moduleName = useModuleName();
  const left = useQuery(modulesQuery(draft.left)).data?.items ?? [];
  const right = useQuery(modulesQuery(draft.right)).data?.items ?? [];
  const can = (module: string) =>
    [left, right].every((modules) => modules.some(({ api_name }) => api_name === module));
  const missing = useLeads(draft).missing.filter(({ module }) => can(module));
  if (missing.length === 0) return null;
  return (
    <Alert color="blue" variant="light" mt="sm" icon={<IconInfoCircle size={18} />} title={t("parents")}>
      <Text size="sm">{t("parentsText")}</Text>
      <Group gap="xs" mt="xs">
        {missing.map(({ module, fields }) => (
          <Button
            key={module}
            size="compact-sm"
            variant="default"
            h="auto"
            py={4}
            styles={{ label: { whiteSpace: "normal", textAlign: "start", lineHeight: 1.4 } }}
            leftSection={<IconPlus size={14} />}
            onClick={() => onAdd(module)}
          >
            {t("addParent", { module: moduleName(module), fields: fields.join(", ") })}
          </Button>
        ))}
      </Group>
    </Alert>
  );
}
