import { Alert, Text } from "@mantine/core";
import type { Schema } from "../../api/client";
import { useFormat } from "../../look/format";
import { IconUsers } from "../../look/icons";
import { SIDES } from "../../look/mapping/pairs";
import { useTexts } from "./texts";

interface Props {
  owners: Schema<"OwnersReport">;
  left: string;
  right: string;
}

/** So many are named; the rest is counted. */
const NAMED = 5;

/** Users whose records would belong to somebody else on the other side. */
export function UnmatchedInPlan({ owners, left, right }: Props) {
  const t = useTexts();
  const format = useFormat();
  const sides = { left, right };
  return SIDES.filter((side) => owners[`unmatched_${side}`].length > 0).map((side) => {
    const unmatched = owners[`unmatched_${side}`];
    const other = side === "left" ? "right" : "left";
    const stands = owners[`fallback_${other}`];
    const people = unmatched.slice(0, NAMED).map(({ name, email, active }) => {
      const who = name === "" ? email : name;
      return active ? who : t("inactiveUser", { name: who });
    });
    return (
      <Alert
        key={side}
        color="orange"
        icon={<IconUsers size={18} />}
        title={t("unmatchedOwners", {
          count: unmatched.length,
          n: format.count(unmatched.length),
          name: sides[side],
          people: people.join(", ") + (unmatched.length > NAMED ? ", …" : ""),
        })}
      >
        <Text size="sm">
          {stands == null
            ? t("noStandIn", { name: sides[other] })
            : t("standIn", { email: stands, name: sides[other] })}
        </Text>
      </Alert>
    );
  });
}
