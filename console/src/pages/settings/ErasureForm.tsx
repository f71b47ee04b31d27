import { Button, SegmentedControl, Select, Stack, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState, type SyntheticEvent } from "react";
import type { Schema } from "../../api/client";
import { integrationsQuery } from "../../api/queries";
import { useModuleName } from "../../look/names";
import { useTexts } from "./texts";

/** Whose data. */
export type Who = Pick<Schema<"ErasureRequest">, "integration" | "module" | "left_id" | "right_id" | "email">;
type Side = Schema<"Side">;

interface Props {
  pending: boolean;
  onChange: () => void;
  onLook: (who: Who) => void;
}

/** Whose data: by an address, or by a record's id. What was looked at before counts no more when something else is asked for. */
export function ErasureForm({ pending, onChange, onLook }: Props) {
  const t = useTexts();
  const [by, setBy] = useState<"email" | "record">("email");
  const [email, setEmail] = useState("");
  const [integration, setIntegration] = useState<string | null>(null);
  const [module, setModule] = useState<string | null>(null);
  const [side, setSide] = useState<Side>("left");
  const [id, setId] = useState("");
  const moduleName = useModuleName();
  const integrations = useQuery(integrationsQuery).data?.items ?? [];
  const chosen = integrations.find(({ name }) => name === integration);
  const modules = chosen?.modules ?? [];
  const set = <T,>(change: (value: T) => void) => {
    return (value: T) => {
      onChange();
      change(value);
    };
  };
  const ready = by === "email" ? email.trim() !== "" : integration && module && id.trim() !== "";
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    if (by === "email") onLook({ email });
    else
      onLook({
        integration,
        module,
        ...(side === "left" ? { left_id: id.trim() } : { right_id: id.trim() }),
      });
  };
  return (
    <Stack component="form" onSubmit={submit}>
      <SegmentedControl
        aria-label={t("erasureBy")}
        value={by}
        onChange={set((value) => setBy(value === "record" ? "record" : "email"))}
        data={[
          { value: "email", label: t("byEmail") },
          { value: "record", label: t("byRecord") },
        ]}
      />
      {by === "email" ? (
        <TextInput
          label={t("email")}
          description={t("erasureEmailText")}
          type="email"
          autoComplete="off"
          value={email}
          onChange={(event) => set(setEmail)(event.currentTarget.value)}
        />
      ) : (
        <>
          <Select
            label={t("integration")}
            data={integrations.map(({ name }) => name)}
            value={integration}
            onChange={set((value: string | null) => {
              setIntegration(value);
              setModule(null);
            })}
          />
          <Select
            label={t("module")}
            data={modules.map(({ left }) => ({ value: left, label: moduleName(left) }))}
            value={module}
            onChange={set(setModule)}
          />
          <SegmentedControl
            aria-label={t("side")}
            value={side}
            onChange={set((value) => setSide(value === "right" ? "right" : "left"))}
            data={[
              { value: "left", label: chosen?.left ?? t("left") },
              { value: "right", label: chosen?.right ?? t("right") },
            ]}
          />
          <TextInput
            label={t("recordId")}
            value={id}
            onChange={(event) => set(setId)(event.currentTarget.value)}
          />
        </>
      )}
      <Button type="submit" variant="default" w="fit-content" loading={pending} disabled={!ready}>
        {t("erasureLook")}
      </Button>
    </Stack>
  );
}
