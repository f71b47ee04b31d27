import { Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { statusQuery } from "../../api/queries";
import { ExplanationCard } from ".";

/** How a record of a connection stands in each integration that its module takes part in. */
export function Explanations({ connection, module, id }: { connection: string; module: string; id: string }) {
  const integrations = useQuery(statusQuery).data?.integrations ?? [];
  const found = integrations.flatMap((integration) =>
    (["left", "right"] as const)
      .filter((side) => integration[side] === connection)
      .flatMap((side) =>
        integration.modules
          .filter((pair) => pair[side] === module)
          .map((pair) => ({ name: integration.name, module: pair.left, side })),
      ),
  );
  if (found.length === 0) return null;
  return (
    <Stack gap="sm" mb="md">
      {found.map(({ name, module: left, side }) => (
        <ExplanationCard
          key={`${name} ${left} ${side}`}
          name={name}
          module={left}
          side={side}
          id={id}
          named
        />
      ))}
    </Stack>
  );
}
