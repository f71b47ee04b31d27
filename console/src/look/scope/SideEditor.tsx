import { Paper, SegmentedControl, Select, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useId, useState } from "react";
import { fieldsQuery } from "../../api/queries";
import { useModuleName } from "../names";
import { asGroup, written } from "./criteria";
import { Group } from "./Group";
import { says, type SideScope } from "./scope";
import { useTexts } from "./texts";
import { ViewsInput } from "./ViewsInput";

interface Props {
  connection: string;
  module: string;
  scope: SideScope | null;
  readOnly: boolean;
  onChange: (scope: SideScope | null) => void;
}

/** Which records of one side take part: of some list views, by conditions, without those that opted out. */
export function SideEditor({ connection, module, scope, readOnly, onChange }: Props) {
  const t = useTexts();
  const id = useId();
  const moduleName = useModuleName();
  const fields = useQuery(fieldsQuery(connection, module)).data?.items ?? [];
  // Whoever chose "some" and said nothing yet has chosen nothing that could be kept.
  const [opened, setOpened] = useState(false);
  const some = opened || says(scope);
  const own = scope ?? {};
  const views = own.views ?? [];
  const change = (more: Partial<SideScope>) => onChange({ ...own, ...more });
  const several = views.length + (own.criteria == null ? 0 : 1) > 1;
  const boxes = fields.filter(({ type }) => type === "boolean");
  return (
    <Paper p="md" bg="var(--page)" component="section" aria-labelledby={id}>
      <Title order={3} fz="sm" id={id} mb="xs">
        {t("side", { name: connection, module: moduleName(module) })}
      </Title>
      <SegmentedControl
        aria-labelledby={id}
        disabled={readOnly}
        value={some ? "some" : "all"}
        onChange={(value) => {
          setOpened(value === "some");
          if (value === "all") onChange(null);
        }}
        data={[
          { value: "all", label: t("all") },
          { value: "some", label: t("some") },
        ]}
      />
      {some && (
        <Stack gap="md" mt="md">
          <ViewsInput
            connection={connection}
            module={module}
            value={views}
            readOnly={readOnly}
            onChange={(next) => change({ views: next })}
          />
          <div>
            <Text size="sm" fw={600} mb={4}>
              {t("criteria")}
            </Text>
            <Group
              root
              criteria={asGroup(own.criteria)}
              fields={fields}
              connection={connection}
              readOnly={readOnly}
              onChange={(next) => change({ criteria: written(next) })}
            />
          </div>
          {several && (
            <Select
              label={t("join")}
              allowDeselect={false}
              disabled={readOnly}
              maw={480}
              value={own.join ?? "usual"}
              onChange={(join) => change({ join: join === "usual" ? null : join })}
              data={(["usual", "all", "any"] as const).map((value) => ({ value, label: t(`join_${value}`) }))}
            />
          )}
          {(boxes.length > 0 || own.opt_out != null) && (
            <Select
              label={t("optOut")}
              description={t("optOutText")}
              inputWrapperOrder={["label", "input", "description"]}
              placeholder={t("noOptOut")}
              clearable
              searchable
              disabled={readOnly}
              maw={480}
              value={own.opt_out ?? null}
              onChange={(next) => change({ opt_out: next })}
              data={boxes.map(({ api_name, label }) => ({ value: api_name, label }))}
            />
          )}
        </Stack>
      )}
    </Paper>
  );
}
