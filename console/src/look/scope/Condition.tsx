import { ActionIcon, Select } from "@mantine/core";
import type { Schema } from "../../api/client";
import { IconX } from "../icons";
import { conditionOn, opOf, opsOf, takes, withOp, type Criteria, type Op } from "./criteria";
import { useTexts } from "./texts";
import { ValueInput } from "./ValueInput";
import { useOpLabel } from "./words";

interface Props {
  condition: Criteria;
  /** Its place in its group, for who only hears the fields. */
  number: string;
  fields: Schema<"Field">[];
  connection: string;
  readOnly: boolean;
  onChange: (condition: Criteria) => void;
  onRemove: () => void;
}

/** One condition: a field, how it is compared, with what. */
export function Condition({ condition, number, fields, connection, readOnly, onChange, onRemove }: Props) {
  const t = useTexts();
  const opLabel = useOpLabel();
  const field = fields.find(({ api_name }) => api_name === condition.field);
  const op = opOf(condition);
  const ops = field === undefined ? [] : opsOf(field.type);
  // What is written already is shown, even if it is not among what is offered.
  const shown: Op[] = op === null || ops.includes(op) ? ops : [...ops, op];
  const named = condition.field ?? null;
  const choices = fields
    .filter(({ type, api_name }) => opsOf(type).length > 0 || api_name === named)
    .map(({ api_name, label }) => ({ value: api_name, label }));
  if (named !== null && field === undefined) choices.unshift({ value: named, label: named });
  return (
    <div className="condition">
      <div className="condition-field">
        <Select
          aria-label={t("fieldOf", { number })}
          placeholder={t("field")}
          searchable
          allowDeselect={false}
          disabled={readOnly}
          error={named !== null && field === undefined && fields.length > 0 ? t("noField") : undefined}
          value={named}
          onChange={(value) => {
            const chosen = fields.find(({ api_name }) => api_name === value);
            if (chosen) onChange(conditionOn(chosen));
          }}
          data={choices}
        />
      </div>
      <div className="condition-op">
        <Select
          aria-label={t("opOf", { number })}
          allowDeselect={false}
          disabled={readOnly || field === undefined}
          value={op}
          onChange={(value) => onChange(withOp(condition, value as Op))}
          data={shown.map((value) => ({ value, label: opLabel(value, field?.type) }))}
        />
      </div>
      <div className="condition-value">
        {field === undefined || op === null || takes(op) === "none" ? null : (
          <ValueInput
            label={t("valueOf", { number })}
            field={field}
            op={op}
            value={condition.value ?? null}
            connection={connection}
            readOnly={readOnly}
            onChange={(value) => {
              const rest = { field: named, comparator: condition.comparator ?? null };
              onChange(value === null ? rest : { ...rest, value });
            }}
          />
        )}
      </div>
      {!readOnly && (
        <ActionIcon
          className="condition-remove"
          variant="subtle"
          color="gray"
          aria-label={t("removeOf", { number })}
          onClick={onRemove}
        >
          <IconX size={16} />
        </ActionIcon>
      )}
    </div>
  );
}
