import { Select } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { recordsQuery } from "../../api/queries";
import { useWords } from "../../look/words";
import { titleOf } from "./columns";
import { useTexts } from "./texts";

interface Props {
  label: string;
  description: string | undefined;
  disabled: boolean;
  error: string | undefined;
  withAsterisk: boolean;
  connection: string;
  module: string;
  /** The record's id, empty for none. */
  value: string;
  /** What the record is called, as far as it is known. */
  name: string;
  onChange: (id: string) => void;
}

/** Chooses a record of another module by searching for it. */
export function LookupInput({ connection, module, value, name, onChange, ...rest }: Props) {
  const t = useTexts();
  const words = useWords();
  const [opened, setOpened] = useState(false);
  const [typed, setTyped] = useState("");
  const [chosen, setChosen] = useState({ id: value, name });
  const [search] = useDebouncedValue(typed, 300);
  // What was found stays to be chosen while the next is looked for.
  const query = useInfiniteQuery({
    ...recordsQuery(connection, module, search),
    enabled: opened,
    placeholderData: keepPreviousData,
  });
  const called = chosen.id === value && chosen.name !== "" ? chosen.name : value;
  const found = query.data?.pages[0]?.items.slice(0, 50) ?? [];
  const data = found.map(({ id, values }) => ({ value: id, label: titleOf(values, id) }));
  if (value !== "" && !data.some((each) => each.value === value)) {
    data.unshift({ value, label: called });
  }
  const nothing = query.isError
    ? t("lookupFailed")
    : query.isFetching
      ? words("loading")
      : t("noneFound", { search });
  return (
    <Select
      {...rest}
      searchable
      clearable
      data={data}
      // The hub has searched already.
      filter={({ options }) => options}
      nothingFoundMessage={nothing}
      value={value === "" ? null : value}
      onChange={(id, option) => {
        setChosen({ id: id ?? "", name: option?.label ?? "" });
        onChange(id ?? "");
      }}
      onDropdownOpen={() => setOpened(true)}
      onSearchChange={(text) => setTyped(text === called ? "" : text.trim())}
    />
  );
}
