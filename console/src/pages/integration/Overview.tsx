import { Group, SimpleGrid } from "@mantine/core";
import type { Schema } from "../../api/client";
import { IconPlus } from "../../look/icons";
import { LinkButton } from "../../look/links";
import { useMay } from "../../shell/session";
import { ModuleCard } from "./ModuleCard";
import { useTexts } from "./texts";

/** Every module pair with its direction and its live counters, and the way to more of them. */
export function Overview({ integration }: { integration: Schema<"IntegrationStatus"> }) {
  const t = useTexts();
  const may = useMay("admin");
  return (
    <>
      <SimpleGrid cols={{ base: 1, lg: 2 }}>
        {integration.modules.map((module) => (
          <ModuleCard key={module.left} integration={integration} module={module} />
        ))}
      </SimpleGrid>
      {may && (
        <Group mt="md">
          <LinkButton
            to="/integrations/$name/add-module"
            params={{ name: integration.name }}
            variant="default"
            leftSection={<IconPlus size={16} />}
          >
            {t("addModule")}
          </LinkButton>
        </Group>
      )}
    </>
  );
}
