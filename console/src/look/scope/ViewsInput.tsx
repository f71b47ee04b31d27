import { MultiSelect } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { Schema } from "../../api/client";
import { Problem } from "../Problem";
import { useWords } from "../words";
import { viewsQuery } from "./queries";
import { useTexts } from "./texts";

interface Props {
  connection: string;
  module: string;
  value: string[];
  readOnly: boolean;
  onChange: (views: string[]) => void;
}

type View = Schema<"ListView">;

/** Any number of the service's list views, by name. One that is not there any more is said to be gone. */
export function ViewsInput({ connection, module, value, readOnly, onChange }: Props) {
  const t = useTexts();
  const words = useWords();
  const query = useQuery(viewsQuery(connection, module));
  const views = query.data?.items ?? [];
  const same = (view: View, wanted: string) => view.id === wanted || view.name === wanted;
  const gone = query.isSuccess ? value.filter((wanted) => !views.some((view) => same(view, wanted))) : [];
  /** What is written for a view: its name, unless another one is called the same. */
  const written = ({ id, name }: View) => (views.filter((view) => view.name === name).length > 1 ? id : name);
  const option = (view: View) => {
    const kept = value.find((wanted) => same(view, wanted));
    return { value: kept ?? written(view), label: view.name };
  };
  const group = (label: string, standard: boolean) => ({
    group: label,
    items: views.filter((view) => view.standard === standard).map(option),
  });
  const data = [
    group(t("viewsOwn"), false),
    group(t("viewsStandard"), true),
    { group: t("viewsGone"), items: gone.map((wanted) => ({ value: wanted, label: wanted })) },
  ].filter(({ items }) => items.length > 0);
  return (
    <>
      <MultiSelect
        label={t("views")}
        description={t("viewsText")}
        inputWrapperOrder={["label", "input", "error", "description"]}
        placeholder={value.length === 0 ? t("noViews") : ""}
        searchable
        clearable
        hidePickedOptions
        disabled={readOnly}
        nothingFoundMessage={query.isPending ? words("loading") : t("noView")}
        error={gone.length > 0 ? t("gone", { views: gone.join(", "), name: connection }) : undefined}
        value={value}
        onChange={onChange}
        // While they are not known, what was chosen is called as it is written.
        data={query.isSuccess ? data : value}
      />
      {query.isError && <Problem error={query.error} />}
    </>
  );
}
