import { Paper, Table, Title, UnstyledButton } from "@mantine/core";
import type { Schema } from "../../api/client";
import { Count } from "../../look/Count";
import { useMatterName } from "../../look/matterNames";
import { usePairName } from "../../look/names";
import { WAITS } from "../../look/standing";
import { useTexts } from "./texts";

interface Chosen {
  module?: string | undefined;
  code?: string | undefined;
}

interface Props {
  modules: Schema<"ModuleStatus">[];
  chosen: Chosen;
  onChoose: (chosen: Chosen) => void;
}

/** How much waits, by module and by reason. Each line leads to its records. */
export function ByReason({ modules, chosen, onChoose }: Props) {
  const t = useTexts();
  const pair = usePairName();
  const matterName = useMatterName();
  const rows = modules.flatMap((module) => {
    const counts = Object.entries({ ...module.held, ...module.failed }).filter(([, count]) => count > 0);
    return counts
      .sort(([, a], [, b]) => b - a)
      .map(([code, count], at) => ({ module, code, count, first: at === 0, total: counts.length }));
  });
  // One line would say what the list says, unless it leads to another list.
  if (rows.length < 2 && !rows.some(({ code }) => code === WAITS)) return null;
  return (
    <Paper component="section" aria-label={t("byReason")} p="md">
      <Title order={2} fz={15} mb="xs">
        {t("byReason")}
      </Title>
      <Table verticalSpacing={6}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t("filterModule")}</Table.Th>
            <Table.Th>{t("filterCode")}</Table.Th>
            <Table.Th ta="right">{t("records")}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map(({ module, code, count, first, total }) => (
            <Table.Tr
              key={`${module.left} ${code}`}
              {...(chosen.module === module.left && (chosen.code ?? code) === code
                ? { bg: "var(--mantine-color-default-hover)" }
                : {})}
            >
              {first && (
                <Table.Th scope="rowgroup" rowSpan={total} fw={500} style={{ verticalAlign: "top" }}>
                  <UnstyledButton
                    fz="sm"
                    className="link-like"
                    onClick={() => onChoose({ module: module.left })}
                  >
                    {pair(module.left, module.right)}
                  </UnstyledButton>
                </Table.Th>
              )}
              <Table.Td>
                <UnstyledButton
                  fz="sm"
                  className="link-like"
                  onClick={() => onChoose({ module: module.left, code })}
                >
                  {matterName(code)}
                </UnstyledButton>
              </Table.Td>
              <Table.Td ta="right">
                <Count value={count} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Paper>
  );
}
