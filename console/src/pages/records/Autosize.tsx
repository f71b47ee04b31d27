import { Textarea, type TextareaProps } from "@mantine/core";

interface Props extends Omit<TextareaProps, "onChange" | "value" | "error"> {
  value: string;
  mono: boolean;
  error: string | undefined;
  onChange: (value: string) => void;
}

/** Text of several lines that grows with what is written. */
export function Autosize({ mono, onChange, ...rest }: Props) {
  return (
    <Textarea
      {...rest}
      autosize
      minRows={2}
      maxRows={12}
      {...(mono ? { ff: "monospace" } : {})}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
