import { Alert, Button, Group, Text } from "@mantine/core";
import type { Schema } from "../../api/client";
import { IconAlertTriangle } from "../icons";
import { useQuoted } from "../value";
import { isAlike } from "./same";
import type { Direction } from "./pairs";
import { useTexts } from "./texts";

interface Props {
  lossy: Schema<"LossyPair">;
  /** It may stay as it is. */
  allowedAsItIs?: boolean;
  names: { left: string; right: string };
  allowed: Direction[];
  /** The fields, where nothing else says which. */
  about?: string;
  onOneWay?: (direction: Direction) => void;
}

const ONE_WAY = ["left_to_right", "right_to_left"] as const;

/** A value that does not come back as it went, and the offer to let values go one way only. */
export function Lossy({ lossy, allowedAsItIs = false, names, allowed, about, onOneWay }: Props) {
  const t = useTexts();
  const quoted = useQuoted();
  const { from, value, there, back, there_again } = lossy.counterexample;
  const to = from === "left" ? "right" : "left";
  const said = { from: names[from], to: names[to], value: quoted(value), there: quoted(there) };
  // What goes there as nothing comes back as nothing.
  const isNowhere = there === null && back === null;
  const useless = from === "left" ? "left_to_right" : "right_to_left";
  const ways = ONE_WAY.filter((way) => allowed.includes(way) && !(isNowhere && way === useless));
  const title = t(allowedAsItIs ? "inexactTitle" : "lossyTitle");
  const text = isNowhere
    ? t("lossyNowhere", said)
    : back === null
      ? t("lossyNone", said)
      : there_again === null || isAlike(there, there_again)
        ? t("lossyBack", { ...said, back: quoted(back) })
        : t("lossyAgain", { ...said, back: quoted(back), again: quoted(there_again) });
  return (
    <Alert
      color={allowedAsItIs ? "yellow" : "red"}
      mt="xs"
      icon={<IconAlertTriangle size={18} />}
      title={about === undefined ? title : `${about}: ${title}`}
      role={allowedAsItIs ? "note" : "alert"}
    >
      <Text size="sm" style={{ overflowWrap: "anywhere" }}>
        {text}
      </Text>
      {onOneWay && (
        <>
          <Text size="sm" mt={6}>
            {t(allowedAsItIs ? "inexactHint" : "lossyHint")}
          </Text>
          <Group gap="xs" mt={6}>
            {ways.map((direction) => (
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
