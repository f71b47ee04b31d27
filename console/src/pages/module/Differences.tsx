import { List, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { fieldsQuery } from "../../api/queries";
import { useFormat } from "../../look/format";
import type { Entry } from "../../look/matching/keys";
import { useMatchText } from "../../look/matching/words";
import { deletionWays, type Difference } from "./differences";
import { useTexts } from "./texts";
import { labels, useSettingWords } from "./words";

interface Props {
  items: Difference[];
  sides: { left: string; right: string };
  modules: { left: string; right: string };
}

/** What would be different, in the words of the page. */
export function Differences({ items, sides, modules }: Props) {
  const t = useTexts();
  const format = useFormat();
  const words = useSettingWords(sides, modules);
  const left = labels(useQuery(fieldsQuery(sides.left, modules.left)).data?.items);
  const right = labels(useQuery(fieldsQuery(sides.right, modules.right)).data?.items);
  const matchText = useMatchText({ left, right });
  const named = (pair: { left: string; right: string }) => `${left(pair.left)} ↔ ${right(pair.right)}`;
  const setting = (name: string, before: string, after: string) => t("setting", { name, before, after });
  const said = (item: Difference): string | string[] => {
    switch (item.what) {
      case "added":
        return t("added", { pair: named(item.pair) });
      case "removed":
        return t("removed", { pair: named(item.pair) });
      case "listed":
        return t("listed", { count: item.count, n: format.count(item.count) });
      case "same_name":
        return t("byName");
      case "setting": {
        // Each way by itself: what stays as it is need not be read.
        if (item.key === "deletion") {
          return deletionWays(item).map((side) =>
            setting(
              words.deletion.name(side),
              words.deletion.does(item.before, side),
              words.deletion.does(item.after, side),
            ),
          );
        }
        const ofField = item.pair !== undefined;
        const called = (value: unknown) =>
          item.key === "match" && Array.isArray(value) ? matchText(value as Entry[]) : value;
        const change = setting(
          words.name(item.key),
          words.value(item.key, called(item.before), ofField),
          words.value(item.key, called(item.after), ofField),
        );
        return item.pair === undefined ? change : `${named(item.pair)}: ${change}`;
      }
    }
  };
  return (
    <List size="sm" spacing={6}>
      {items.flatMap(said).map((text) => (
        <List.Item key={text}>
          <Text size="sm" style={{ overflowWrap: "anywhere" }}>
            {text}
          </Text>
        </List.Item>
      ))}
    </List>
  );
}
