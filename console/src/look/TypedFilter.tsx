import { TextInput, type TextInputProps } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { useState } from "react";

interface Props extends Omit<TextInputProps, "value" | "defaultValue" | "onChange"> {
  /** What stands in the address. */
  value: string;
  /** Called when nothing was typed for a moment. */
  onChange: (value: string) => void;
}

/** A filter that is typed. It follows the address when that changes by another hand: back, a link, "clear". */
export function TypedFilter({ value, onChange, ...props }: Props) {
  const [text, setText] = useState(value);
  const [seen, setSeen] = useState(value);
  const [told, setTold] = useState(value);
  if (value !== seen) {
    setSeen(value);
    // What comes back of our own is older than what is being typed.
    if (value !== told) setText(value);
  }
  const tell = useDebouncedCallback((typed: string) => {
    setTold(typed.trim());
    onChange(typed.trim());
  }, 350);
  return (
    <TextInput
      {...props}
      value={text}
      onChange={(event) => {
        setText(event.currentTarget.value);
        tell(event.currentTarget.value);
      }}
    />
  );
}
