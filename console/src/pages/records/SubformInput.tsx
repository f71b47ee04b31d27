import { Button, Input, Paper, Stack, Text, VisuallyHidden } from "@mantine/core";
import { useEffect, useId, useRef, useState } from "react";
import type { Schema } from "../../api/client";
import { useFormat } from "../../look/format";
import { IconPlus } from "../../look/icons";
import { newRow, type Row } from "./draft";
import { SubformRow, type Ask } from "./SubformRow";
import { useTexts } from "./texts";

interface Props {
  connection: string;
  field: Schema<"Field">;
  description: string | undefined;
  disabled: boolean;
  error: string | undefined;
  path: string;
  told: (path: string) => string | undefined;
  rows: Row[];
  /** The rows as they were read: names of what their lookups point to are known from them. */
  given: Schema<"FieldValue"> | undefined;
  onChange: (rows: Row[]) => void;
}

/** The rows of a subform: they are added, removed and put in order; each is opened to edit its cells. */
export function SubformInput({ field, description, disabled, error, rows, onChange, ...rest }: Props) {
  const t = useTexts();
  const format = useFormat();
  const id = useId();
  const box = useRef<HTMLDivElement>(null);
  const adder = useRef<HTMLButtonElement>(null);
  const [said, setSaid] = useState("");
  const [fresh, setFresh] = useState<string | null>(null);
  /** What gets the focus once the rows are drawn: a row that moves takes it along. */
  const [aim, setAim] = useState<string | null>(null);
  useEffect(() => {
    if (aim === null) return;
    const found = box.current?.querySelector<HTMLElement>(aim);
    (found ?? adder.current)?.focus();
    // Where the focus shall be is told once.
    // eslint-disable-next-line react-hooks/set-state-in-effect
    setAim(null);
  }, [aim]);

  const ask = (at: number, wanted: Ask) => {
    const row = rows[at];
    if (row === undefined) return;
    const others = rows.filter((each) => each !== row);
    if (wanted === "remove") {
      onChange(others);
      setSaid(t("rowRemoved", { at: format.count(at + 1) }));
      setAim("[data-none]");
      return;
    }
    const to = wanted === "up" ? at - 1 : at + 1;
    onChange([...others.slice(0, to), row, ...others.slice(to)]);
    setSaid(t("rowMoved", { at: format.count(to + 1) }));
    const edge = to === 0 ? "down" : to === rows.length - 1 ? "up" : wanted;
    setAim(`[data-move="${row.key} ${edge}"]`);
  };
  const add = () => {
    const row = newRow(field.columns);
    onChange([...rows, row]);
    setFresh(row.key);
    setSaid(t("rowAdded", { at: format.count(rows.length + 1) }));
    setAim(`[data-cells="${row.key}"] input, [data-cells="${row.key}"] textarea`);
  };
  return (
    <div ref={box} role="group" aria-labelledby={`${id}-label`}>
      <Input.Label id={`${id}-label`} labelElement="div" required={field.required}>
        {field.label}
      </Input.Label>
      {description !== undefined && <Input.Description mb={6}>{description}</Input.Description>}
      {rows.length === 0 ? (
        <Text size="sm" c="dimmed">
          {t("noRows")}
        </Text>
      ) : (
        <Paper withBorder component="ol" m={0} p={0} style={{ listStyle: "none", overflow: "hidden" }}>
          {rows.map((row, at) => (
            <SubformRow
              key={row.key}
              {...rest}
              field={field}
              disabled={disabled}
              row={row}
              at={at}
              count={rows.length}
              opened={row.key === fresh}
              onChange={(changed) => onChange(rows.map((each) => (each === row ? changed : each)))}
              onAsk={(wanted) => ask(at, wanted)}
            />
          ))}
        </Paper>
      )}
      <Stack gap={6} mt={8} align="flex-start">
        {error !== undefined && <Input.Error>{error}</Input.Error>}
        {!disabled && (
          <Button
            ref={adder}
            variant="default"
            size="xs"
            leftSection={<IconPlus size={14} />}
            aria-label={t("addRowTo", { name: field.label })}
            onClick={add}
          >
            {t("addRow")}
          </Button>
        )}
      </Stack>
      <VisuallyHidden role="status">{said}</VisuallyHidden>
    </div>
  );
}
