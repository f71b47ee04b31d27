import { TextInput, type TextInputProps } from "@mantine/core";

interface Props extends Omit<TextInputProps, "onChange" | "value" | "error"> {
  /** As the service writes it: 2026-11-20T09:30:00+09:00. */
  value: string;
  error: string | undefined;
  onChange: (value: string) => void;
}

const MOMENT = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2})(:\d{2})?(Z|[+-]\d{2}:\d{2})?$/;

/** The clock time and the offset of a moment; the offset it came with is kept, a new one is the browser's. */
export function partsOf(value: string): { clock: string; offset: string } {
  const found = MOMENT.exec(value);
  return { clock: found?.[1] ?? "", offset: found?.[3] ?? offsetOf(new Date()) };
}

export function offsetOf(date: Date): string {
  const minutes = -date.getTimezoneOffset();
  const two = (value: number) => String(Math.floor(Math.abs(value))).padStart(2, "0");
  return `${minutes < 0 ? "-" : "+"}${two(minutes / 60)}:${two(Math.abs(minutes) % 60)}`;
}

/** Date and time, with the offset shown beside it. */
export function MomentInput({ value, onChange, ...rest }: Props) {
  const { clock, offset } = partsOf(value);
  return (
    <TextInput
      {...rest}
      type="datetime-local"
      value={clock}
      rightSection={
        <span style={{ fontSize: "0.72rem", color: "var(--quiet)" }}>{offset === "Z" ? "UTC" : offset}</span>
      }
      rightSectionWidth={62}
      onChange={(event) => {
        const next = event.currentTarget.value;
        onChange(next === "" ? "" : `${next.slice(0, 16)}:00${offset}`);
      }}
    />
  );
}
