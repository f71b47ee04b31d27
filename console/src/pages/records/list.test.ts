import { QueryClient } from "@tanstack/react-query";
import { expect, test } from "vitest";
import { countOf, listQuery, rowAt, tellList, type RowPage } from "./list";

const page = (ids: string[]): RowPage => ({
  columns: ["Name"],
  count: ids.length,
  rows: JSON.stringify(ids.map((id) => [id, 1, `name ${id}`])),
  next: null,
});
const record = (id: string, name: string) => ({ id, modified_at: 2, values: { Name: name, Other: "x" } });

function told(change: (queries: QueryClient) => void) {
  const queries = new QueryClient();
  const { queryKey } = listQuery("tokyo", "Leads", "", ["Name"]);
  queries.setQueryData(queryKey, { pages: [page(["1", "2"]), page(["3"])], pageParams: [undefined, "a"] });
  change(queries);
  const pages = queries.getQueryData(queryKey)?.pages ?? [];
  return Array.from({ length: countOf(pages) }, (_, at) => rowAt(pages, at));
}

test("a row is found on whatever page it is", () => {
  expect(told(() => undefined)).toEqual([
    ["1", 1, "name 1"],
    ["2", 1, "name 2"],
    ["3", 1, "name 3"],
  ]);
});

test("what is changed here is shown at its place, what is new at the top, what is deleted not at all", () => {
  expect(told((queries) => tellList(queries, "tokyo", "Leads", "2", record("2", "new")))[1]).toEqual([
    "2",
    2,
    "new",
  ]);
  expect(told((queries) => tellList(queries, "tokyo", "Leads", "4", record("4", "made")))).toHaveLength(4);
  expect(told((queries) => tellList(queries, "tokyo", "Leads", "4", record("4", "made")))[0]?.[0]).toBe("4");
  expect(told((queries) => tellList(queries, "tokyo", "Leads", "3", null)).map((row) => row?.[0])).toEqual([
    "1",
    "2",
  ]);
  expect(told((queries) => tellList(queries, "tokyo", "Deals", "3", null))).toHaveLength(3);
});
