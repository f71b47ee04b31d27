import { Textarea, type TextareaProps } from "@mantine/core";

interface Props extends Omit<TextareaProps, "onChange" | "value" | "error"> {
  value: string;
  error: string | undefined;
  onChange: (value: string) => void;
}

/** Text of several lines that grows with what is written. */
export function Autosize({ onChange, ...rest }: Props) {
  return (
    <Textarea
      {...rest}
      autosize
      minRows={2}
      maxRows={12}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
