import { Select, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { usersQuery } from "../../api/queries";
import { useWords } from "../../look/words";
import { useTexts } from "./texts";

interface Props {
  label: string;
  description: string | undefined;
  disabled: boolean;
  error: string | undefined;
  withAsterisk: boolean;
  connection: string;
  /** The user's id, empty for none. */
  value: string;
  /** What the user is called, as far as it is known. */
  name: string;
  onChange: (id: string) => void;
}

/** Chooses a user of the connection's org by name or address. Whoever is not active any more is shown, and cannot be chosen. */
export function OwnerInput({ connection, value, name, onChange, ...rest }: Props) {
  const t = useTexts();
  const words = useWords();
  const query = useQuery({ ...usersQuery(connection), enabled: !rest.disabled });
  const users = query.data?.items ?? [];
  const data = users.map(({ id, name: label, active }) => ({ value: id, label, disabled: !active }));
  if (value !== "" && !data.some((each) => each.value === value)) {
    data.unshift({ value, label: name === "" ? value : name, disabled: false });
  }
  const about = new Map(users.map((user) => [user.id, user]));
  return (
    <Select
      {...rest}
      searchable
      clearable={!rest.withAsterisk}
      data={data}
      filter={({ options, search }) => {
        const wanted = search.trim().toLowerCase();
        return options.filter((option) => {
          if (!("value" in option)) return false;
          const email = about.get(option.value)?.email ?? "";
          return `${option.label} ${email}`.toLowerCase().includes(wanted);
        });
      }}
      nothingFoundMessage={
        query.isError ? t("usersFailed") : query.isPending ? words("loading") : t("noUser")
      }
      renderOption={({ option }) => {
        const user = about.get(option.value);
        const more = [user?.email ?? "", user?.active === false ? t("inactive") : ""];
        return (
          <div>
            <Text size="sm">{option.label}</Text>
            <Text size="xs" c="dimmed">
              {more.filter((part) => part !== "").join(" · ")}
            </Text>
          </div>
        );
      }}
      value={value === "" ? null : value}
      onChange={(id) => onChange(id ?? "")}
    />
  );
}
