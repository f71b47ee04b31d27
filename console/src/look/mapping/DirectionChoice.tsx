import { Center, SegmentedControl, Tooltip, VisuallyHidden } from "@mantine/core";
import { IconArrowLeft, IconArrowRight, IconArrowsLeftRight } from "../icons";
import type { Direction } from "./pairs";
import { useTexts } from "./texts";

interface Props {
  value: Direction;
  allowed: Direction[];
  label: string;
  names: { left: string; right: string };
  disabled: boolean;
  onChange: (direction: Direction) => void;
}

const ICONS = { right_to_left: IconArrowLeft, both: IconArrowsLeftRight, left_to_right: IconArrowRight };
const ORDER = ["right_to_left", "both", "left_to_right"] as const;

/** Which way one field's values go. */
export function DirectionChoice({ value, allowed, label, names, disabled, onChange }: Props) {
  const t = useTexts();
  return (
    <SegmentedControl
      size="xs"
      fullWidth
      aria-label={label}
      disabled={disabled}
      value={value}
      onChange={(chosen) => onChange(chosen)}
      data={ORDER.map((direction) => {
        const Icon = ICONS[direction];
        const said = t(`way_${direction}`, names);
        return {
          value: direction,
          disabled: !allowed.includes(direction) && direction !== value,
          label: (
            <Tooltip label={said}>
              <Center>
                <Icon size={16} aria-hidden />
                <VisuallyHidden>{said}</VisuallyHidden>
              </Center>
            </Tooltip>
          ),
        };
      })}
    />
  );
}
