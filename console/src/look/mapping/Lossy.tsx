import { Alert, Button, Group, Text } from "@mantine/core";
import type { Schema } from "../../api/client";
import { IconAlertTriangle } from "../icons";
import { useQuoted } from "../value";
import { isAlike } from "./same";
import type { Direction } from "./pairs";
import { useTexts } from "./texts";

interface Props {
  lossy: Schema<"LossyPair">;
  names: { left: string; right: string };
  allowed: Direction[];
  /** The fields, where nothing else says which. */
  about?: string;
  onOneWay?: (direction: Direction) => void;
}

const ONE_WAY = ["left_to_right", "right_to_left"] as const;

/** A value that does not come back as it went, and the offer to let values go one way only. */
export function Lossy({ lossy, names, allowed, about, onOneWay }: Props) {
  const t = useTexts();
  const quoted = useQuoted();
  const { from, value, there, back, there_again } = lossy.counterexample;
  const to = from === "left" ? "right" : "left";
  const said = { from: names[from], to: names[to], value: quoted(value), there: quoted(there) };
  const text =
    back === null
      ? t("lossyNone", said)
      : there_again === null || isAlike(there, there_again)
        ? t("lossyBack", { ...said, back: quoted(back) })
        : t("lossyAgain", { ...said, back: quoted(back), again: quoted(there_again) });
  return (
    <Alert
      color="red"
      mt="xs"
      icon={<IconAlertTriangle size={18} />}
      title={about === undefined ? t("lossyTitle") : `${about}: ${t("lossyTitle")}`}
      role="alert"
    >
      <Text size="sm" style={{ overflowWrap: "anywhere" }}>
        {text}
      </Text>
      {onOneWay && (
        <>
          <Text size="sm" mt={6}>
            {t("lossyHint")}
          </Text>
          <Group gap="xs" mt={6}>
            {ONE_WAY.filter((direction) => allowed.includes(direction)).map((direction) => (
              <Button key={direction} size="compact-sm" variant="default" onClick={() => onOneWay(direction)}>
                {t("onlyWay", { way: t(`way_${direction}`, names) })}
              </Button>
            ))}
          </Group>
        </>
      )}
    </Alert>
  );
}
