import { Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { statusQuery } from "../../api/queries";
import { useFormat } from "../format";
import { LinkText } from "../links";
import { heldIn } from "./held";
import { useTexts } from "./texts";

/** That deletions of a module are held, and where they are decided. */
export function HeldLink({ name, module }: { name: string; module: string }) {
  const t = useTexts();
  const format = useFormat();
  const status = useQuery(statusQuery).data?.integrations.find((one) => one.name === name);
  const found = heldIn((status?.modules ?? []).filter(({ left }) => left === module));
  const [first] = found;
  if (first === undefined) return null;
  const count = found.reduce((sum, { count: each }) => sum + each, 0);
  return (
    <Text size="sm" mb="md" fw={600}>
      <LinkText to="/integrations/$name" params={{ name }} search={{ tab: "attention", code: first.code }}>
        {t("heldLink", { count, n: format.count(count) })}
      </LinkText>
    </Text>
  );
}
