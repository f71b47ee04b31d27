import { Group, Paper, SimpleGrid, Text, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { modulesQuery } from "../../api/queries";
import { CardTitle } from "../../look/CardTitle";
import { EmptyState } from "../../look/EmptyState";
import { IconChevronRight, IconSearch, IconTable } from "../../look/icons";
import { LinkBlock } from "../../look/links";
import { ListState } from "../../look/ListState";
import { useTexts } from "./texts";

/** The org's modules; each leads to its records. */
export function Modules({ name }: { name: string }) {
  const t = useTexts();
  const [filter, setFilter] = useState("");
  const query = useQuery(modulesQuery(name));
  const wanted = filter.trim().toLowerCase();
  const modules = (query.data?.items ?? []).filter(({ api_name, plural_label }) =>
    `${api_name} ${plural_label}`.toLowerCase().includes(wanted),
  );
  return (
    <Paper p="md">
      <CardTitle title={t("modules")}>
        <TextInput
          size="xs"
          w={180}
          leftSection={<IconSearch size={14} />}
          placeholder={t("filter")}
          aria-label={t("filter")}
          value={filter}
          onChange={(event) => setFilter(event.currentTarget.value)}
        />
      </CardTitle>
      <Text size="sm" c="dimmed" mb="xs">
        {t("modulesText")}
      </Text>
      <ListState
        query={query}
        items={modules}
        empty={<EmptyState icon={<IconTable size={22} />} title={t("noModules")} text={t("noModulesText")} />}
      >
        {(some) => (
          <SimpleGrid cols={{ base: 1, xs: 2 }} spacing={4} verticalSpacing={4}>
            {some.map((module) => (
              <LinkBlock
                key={module.api_name}
                to="/connections/$name/$module"
                params={{ name, module: module.api_name }}
                className="row-link"
                p="xs"
                style={{ borderRadius: 8 }}
              >
                <Group justify="space-between" wrap="nowrap">
                  <div>
                    <Text size="sm" fw={500}>
                      {module.plural_label}
                    </Text>
                    <Text size="xs" c="dimmed">
                      {module.api_name}
                    </Text>
                  </div>
                  <IconChevronRight size={16} color="var(--quiet)" aria-hidden />
                </Group>
              </LinkBlock>
            ))}
          </SimpleGrid>
        )}
      </ListState>
    </Paper>
  );
}
