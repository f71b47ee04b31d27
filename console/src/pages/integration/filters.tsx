import { Select } from "@mantine/core";
import { useNavigate, useSearch } from "@tanstack/react-router";
import type { Schema } from "../../api/client";
import { useModuleName } from "../../look/names";
import { PERIODS, type Period } from "../../look/period";
import type { IntegrationSearch, Tab } from "../../shell/search";
import { useTexts } from "./texts";

type Filters = Omit<IntegrationSearch, "tab">;

/** What the address says of a tab's list, and the way to say it otherwise: what is null or empty counts no more. */
export function useFilters(name: string, tab: Tab) {
  const said = useSearch({ from: "/inside/integrations/$name" });
  const navigate = useNavigate();
  const filter = (change: { [Key in keyof Filters]?: string | null | undefined }) => {
    const kept = Object.entries({ ...said, ...change }).filter(([, value]) => value != null && value !== "");
    void navigate({
      to: "/integrations/$name",
      params: { name },
      search: { ...(Object.fromEntries(kept) as Filters), tab },
      replace: true,
    });
  };
  return { said, filter };
}

interface ModuleProps {
  integration: Schema<"IntegrationStatus">;
  value: string | undefined;
  onChange: (module: string | null) => void;
  /** Whether one of them is always chosen; otherwise no choice is all of them. */
  always?: boolean;
}

/** One of the integration's modules. */
export function ModuleFilter({ integration, value, onChange, always = false }: ModuleProps) {
  const t = useTexts();
  const moduleName = useModuleName();
  return (
    <Select
      label={t("filterModule")}
      w={{ base: "100%", xs: 170 }}
      {...(always ? { allowDeselect: false } : { clearable: true, placeholder: t("any") })}
      value={value ?? null}
      onChange={onChange}
      data={integration.modules.map(({ left }) => ({ value: left, label: moduleName(left) }))}
    />
  );
}

interface PeriodProps {
  value: Period;
  onChange: (period: string | null) => void;
}

/** How far back is looked. */
export function PeriodFilter({ value, onChange }: PeriodProps) {
  const t = useTexts();
  return (
    <Select
      label={t("period")}
      w={{ base: "100%", xs: 170 }}
      allowDeselect={false}
      value={value}
      onChange={onChange}
      data={PERIODS.map((each) => ({ value: each, label: t(`period_${each}`) }))}
    />
  );
}
