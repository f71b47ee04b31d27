import { Select } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { REGIONS } from "../steps/steps";
import { shown, type Country } from "./keys";

interface Props {
  className: string;
  label: string;
  "aria-label": string;
  placeholder: string;
  disabled: boolean;
  value: Country | null;
  onChange: (country: Country | null) => void;
}

/** A country whose way of writing numbers is known. A calling code that was said elsewhere stays as it is. */
export function CountrySelect({ value, onChange, ...rest }: Props) {
  const { i18n } = useTranslation();
  const names = new Intl.DisplayNames(i18n.language, { type: "region" });
  const data = REGIONS.map((letters) => ({
    value: letters,
    label: `${names.of(letters) ?? letters} (${letters})`,
  })).sort((a, b) => a.label.localeCompare(b.label, i18n.language));
  const said = value === null ? null : shown(value);
  if (said !== null && !REGIONS.includes(said)) data.unshift({ value: said, label: said });
  return (
    <Select
      {...rest}
      size="xs"
      searchable
      clearable
      value={said}
      onChange={(chosen) => onChange(chosen !== null && chosen === said ? value : (chosen as Country | null))}
      data={data}
    />
  );
}
