import { Select, Text, type SelectProps } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { usersQuery } from "../../api/queries";
import { useWords } from "../words";
import { useTexts } from "./texts";

interface Props extends Omit<SelectProps, "value" | "onChange" | "data"> {
  connection: string;
  /** The user's address. */
  value: string | null;
  onChange: (email: string | null) => void;
}

/** Chooses a user of an org by name or address. An address that no user has stays, and is said to be unknown. */
export function UserSelect({ connection, value, onChange, ...rest }: Props) {
  const t = useTexts();
  const words = useWords();
  const query = useQuery(usersQuery(connection));
  const users = (query.data?.items ?? []).filter(({ email }) => email !== "");
  const same = (email: string) => email.toLowerCase() === value?.toLowerCase();
  const found = users.find(({ email }) => same(email));
  // Of two users with one address the active one counts.
  const unique = new Map(
    [...users].sort((a, b) => Number(a.active) - Number(b.active)).map((user) => [user.email, user]),
  );
  const data = [...unique.values()].map(({ email, name, active }) => ({
    value: email,
    label: name === "" ? email : `${name} (${email})`,
    disabled: !active && !same(email),
  }));
  if (value !== null && found === undefined) data.unshift({ value, label: value, disabled: false });
  return (
    <Select
      searchable
      data={data}
      value={found?.email ?? value}
      onChange={onChange}
      nothingFoundMessage={query.isPending ? words("loading") : t("noUser")}
      error={value !== null && query.isSuccess && found === undefined ? t("unknownUser") : undefined}
      renderOption={({ option }) => {
        const user = unique.get(option.value);
        return (
          <div>
            <Text size="sm">{user === undefined || user.name === "" ? option.value : user.name}</Text>
            <Text size="xs" c="dimmed">
              {option.value}
              {user?.active === false && ` · ${t("inactive")}`}
            </Text>
          </div>
        );
      }}
      {...rest}
    />
  );
}
