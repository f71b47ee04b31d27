import { useId } from "react";
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

/** Which way one field's values go. Plain radios: a module has a hundred of these, and nothing here may measure itself. */
export function DirectionChoice({ value, allowed, label, names, disabled, onChange }: Props) {
  const t = useTexts();
  const group = useId();
  return (
    <div className="ways" role="radiogroup" aria-label={label}>
      {ORDER.map((direction) => {
        const Icon = ICONS[direction];
        const said = t(`way_${direction}`, names);
        return (
          <label key={direction} title={said}>
            <input
              type="radio"
              name={group}
              aria-label={said}
              checked={direction === value}
              disabled={disabled || (!allowed.includes(direction) && direction !== value)}
              onChange={() => onChange(direction)}
            />
            <Icon size={16} aria-hidden />
          </label>
        );
      })}
    </div>
  );
}
