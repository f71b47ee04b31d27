import { ActionIcon, Box, Button, Group as Row, SegmentedControl, Stack } from "@mantine/core";
import type { Schema } from "../../api/client";
import { IconPlus, IconX } from "../icons";
import { Condition } from "./Condition";
import { group, isGroup, joinOf, partsOf, type Criteria } from "./criteria";
import "./scope.css";
import { useTexts } from "./texts";

interface Props {
  criteria: Criteria;
  fields: Schema<"Field">[];
  connection: string;
  readOnly: boolean;
  root?: boolean;
  /** Its place, such as `2.`, for who only hears the fields. */
  path?: string;
  onChange: (criteria: Criteria) => void;
  onRemove?: () => void;
}

/** Conditions of which all or any must hold; groups may stand in groups. */
export function Group({
  criteria,
  fields,
  connection,
  readOnly,
  root = false,
  path = "",
  onChange,
  onRemove,
}: Props) {
  const t = useTexts();
  const join = joinOf(criteria);
  const parts = partsOf(criteria);
  const set = (next: Criteria[]) => onChange(group(join, next));
  const replace = (at: number, next: Criteria | null) =>
    set(parts.flatMap((part, place) => (place !== at ? [part] : next === null ? [] : [next])));
  return (
    <Box className={root ? "criteria" : "criteria criteria-inner"} role="group" aria-label={t("group")}>
      {(parts.length > 1 || !root) && (
        <Row justify="space-between" wrap="nowrap" mb={6}>
          <SegmentedControl
            size="xs"
            aria-label={t("groupJoin")}
            disabled={readOnly}
            value={join}
            onChange={(value) => onChange(group(value, parts))}
            data={[
              { value: "all", label: t("groupAll") },
              { value: "any", label: t("groupAny") },
            ]}
          />
          {onRemove && !readOnly && (
            <ActionIcon variant="subtle" color="gray" aria-label={t("removeGroup")} onClick={onRemove}>
              <IconX size={16} />
            </ActionIcon>
          )}
        </Row>
      )}
      <Stack gap="xs">
        {parts.map((part, at) =>
          isGroup(part) ? (
            <Group
              key={at}
              path={`${path}${at + 1}.`}
              criteria={part}
              fields={fields}
              connection={connection}
              readOnly={readOnly}
              onChange={(next) => replace(at, next)}
              onRemove={() => replace(at, null)}
            />
          ) : (
            <Condition
              key={at}
              number={`${path}${at + 1}`}
              condition={part}
              fields={fields}
              connection={connection}
              readOnly={readOnly}
              onChange={(next) => replace(at, next)}
              onRemove={() => replace(at, null)}
            />
          ),
        )}
      </Stack>
      {!readOnly && (
        <Row gap="xs" mt={parts.length > 0 ? "xs" : 4}>
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<IconPlus size={14} />}
            onClick={() => set([...parts, {}])}
          >
            {t("addCondition")}
          </Button>
          {parts.length > 0 && (
            <Button
              size="compact-sm"
              variant="subtle"
              color="gray"
              leftSection={<IconPlus size={14} />}
              onClick={() => set([...parts, group(join === "all" ? "any" : "all", [{}])])}
            >
              {t("addGroup")}
            </Button>
          )}
        </Row>
      )}
    </Box>
  );
}
