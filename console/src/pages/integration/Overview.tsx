import { SimpleGrid } from "@mantine/core";
import type { Schema } from "../../api/client";
import { ModuleCard } from "./ModuleCard";

/** Every module pair with its direction and its live counters. */
export function Overview({ integration }: { integration: Schema<"IntegrationStatus"> }) {
  return (
    <SimpleGrid cols={{ base: 1, lg: 2 }}>
      {integration.modules.map((module) => (
        <ModuleCard key={module.left} integration={integration} module={module} />
      ))}
    </SimpleGrid>
  );
}
