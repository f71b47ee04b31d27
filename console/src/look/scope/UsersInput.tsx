import { MultiSelect, Select } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { usersQuery } from "../../api/queries";
import { takes, textsOf, type Op, type Words } from "./criteria";
import { useTexts } from "./texts";

interface Props {
  label: string;
  op: Op;
  value: Words | null;
  connection: string;
  readOnly: boolean;
  onChange: (value: Words | null) => void;
}

const US = "${CURRENTUSER}";

/** People of the org, by address; or whoever the connection acts as. */
export function UsersInput({ label, op, value, connection, readOnly, onChange }: Props) {
  const t = useTexts();
  const users = useQuery(usersQuery(connection)).data?.items ?? [];
  const chosen = textsOf(value);
  const data = [
    { value: US, label: t("us") },
    ...users
      .filter(({ email }) => email !== "")
      .map(({ name, email }) => ({ value: email, label: `${name} (${email})` })),
  ];
  const more = chosen.filter((text) => !data.some((each) => each.value === text));
  const all = {
    "aria-label": label,
    disabled: readOnly,
    searchable: true,
    data: [...data, ...more.map((text) => ({ value: text, label: text }))],
  };
  return takes(op) === "many" ? (
    <MultiSelect
      {...all}
      hidePickedOptions
      value={chosen}
      onChange={(next) => onChange(next.length === 0 ? null : next)}
    />
  ) : (
    <Select {...all} value={chosen[0] ?? null} onChange={onChange} />
  );
}
