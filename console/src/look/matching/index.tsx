import { Alert, Select, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { fieldsQuery } from "../../api/queries";
import { IconAlertTriangle, IconPlus } from "../icons";
import { isListed, type ModulePair } from "../mapping/pairs";
import { KeyRow } from "./KeyRow";
import { entryOf, keysOf, overwritten, type Key, NOWHERE } from "./keys";
import "./matching.css";
import { useTexts } from "./texts";

interface Props {
  pair: ModulePair;
  /** The connections. */
  sides: { left: string; right: string };
  readOnly: boolean;
  onChange: (pair: ModulePair) => void;
}

/** Which fields tell that two records are the same, in the order in which they are tried. */
export function MatchingEditor({ pair, sides, readOnly, onChange }: Props) {
  const t = useTexts();
  const left = useQuery(fieldsQuery(sides.left, pair.left)).data?.items ?? [];
  const right = useQuery(fieldsQuery(sides.right, pair.right)).data?.items ?? [];
  const keys = keysOf(pair);
  const set = (next: Key[]) => onChange({ ...pair, match: next.map(entryOf) });
  const types = {
    left: new Map(left.map(({ api_name, type }) => [api_name, type])),
    right: new Map(right.map(({ api_name, type }) => [api_name, type])),
  };
  const names = new Set(right.map(({ api_name }) => api_name));
  const mapped = isListed(pair)
    ? pair.fields
    : left
        .filter(({ api_name }) => names.has(api_name))
        .map(({ api_name }) => ({ left: api_name, right: api_name }));
  const risky = overwritten(pair, types, mapped);
  const free = left.filter(
    ({ api_name, type }) =>
      !["subform", "multi_lookup", "other"].includes(type) &&
      !keys.some((key) => key.left === api_name && key.right === null),
  );
  return (
    <Stack gap="xs" component="section" aria-label={t("title")} mt="sm">
      <Text size="sm" fw={600}>
        {t("match")}
      </Text>
      {keys.length > 0 && (
        <ol className="match-keys">
          {keys.map((key, at) => (
            <KeyRow
              key={`${key.left} ${key.right ?? ""} ${String(at)}`}
              value={key}
              number={at + 1}
              last={at === keys.length - 1}
              pair={pair}
              sides={sides}
              fields={{ left, right }}
              readOnly={readOnly}
              onChange={(next) =>
                set(keys.flatMap((each, place) => (place !== at ? [each] : next === null ? [] : [next])))
              }
              onMove={(by) => {
                const rest = keys.filter((_, place) => place !== at);
                set([...rest.slice(0, at + by), key, ...rest.slice(at + by)]);
              }}
            />
          ))}
        </ol>
      )}
      {!readOnly && (
        <Select
          key={keys.length}
          aria-label={t("match")}
          placeholder={t("add")}
          leftSection={<IconPlus size={16} />}
          maw={360}
          searchable
          value={null}
          onChange={(name) => {
            if (name !== null) set([...keys, { left: name, right: null, as: "plain", country: NOWHERE }]);
          }}
          data={free.map(({ api_name, label }) => ({ value: api_name, label: `${label} (${api_name})` }))}
        />
      )}
      <Text size="xs" c="dimmed">
        {t(keys.length === 0 ? "noKeys" : pair.match === null ? "usual" : "text")}
      </Text>
      {risky.map((primary) => (
        <Alert
          key={`${primary.left} ${primary.right}`}
          color="orange"
          icon={<IconAlertTriangle size={18} />}
          title={t("riskTitle")}
        >
          <Text size="sm">{t(`risk_${pair.direction}`, sides)}</Text>
        </Alert>
      ))}
    </Stack>
  );
}
