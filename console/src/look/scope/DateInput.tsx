import { Group, NumberInput, Select, TextInput } from "@mantine/core";
import { useTexts } from "./texts";
import { COUNTED, PERIODS, periodOf, usePeriodName } from "./words";

interface Props {
  label: string;
  /** A day, a period such as `${LASTMONTH}`, or blank. */
  value: string;
  readOnly: boolean;
  /** Whether a period may be chosen. */
  periods?: boolean;
  onChange: (value: string | null) => void;
}

const EXACT = "exact";
const DAY = /^\d{4}-\d\d-\d\d$/;

/** A day of the calendar, or days counted from the present one. */
export function DateInput({ label, value, readOnly, periods = false, onChange }: Props) {
  const t = useTexts();
  const periodName = usePeriodName();
  const period = periodOf(value);
  const choice = period === null ? EXACT : period.name;
  const day = (
    <TextInput
      aria-label={label}
      flex={1}
      miw={0}
      disabled={readOnly}
      // A time that was written by hand is left as it is.
      type={value === "" || DAY.test(value) ? "date" : "text"}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
  if (!periods) return day;
  return (
    <Group gap={6} wrap="nowrap">
      <Select
        aria-label={`${label}: ${t("when")}`}
        flex={1}
        miw={0}
        allowDeselect={false}
        disabled={readOnly}
        value={choice}
        onChange={(name) => {
          if (name === null || name === EXACT) onChange(null);
          else onChange(COUNTED.some((each) => each === name) ? `\${${name}30DAYS}` : `\${${name}}`);
        }}
        data={[
          { value: EXACT, label: t("exactDay") },
          ...PERIODS.map((name) => ({ value: name, label: periodName(name) })),
          ...COUNTED.map((name) => ({ value: name, label: t(`counted_${name}`) })),
        ]}
      />
      {period === null && day}
      {period?.days !== undefined && (
        <NumberInput
          aria-label={label}
          w={90}
          min={1}
          max={3_660}
          allowDecimal={false}
          disabled={readOnly}
          value={period.days}
          suffix={t("days")}
          onChange={(days) => {
            if (typeof days === "number" && days > 0) onChange(`\${${period.name}${days}DAYS}`);
          }}
        />
      )}
    </Group>
  );
}
