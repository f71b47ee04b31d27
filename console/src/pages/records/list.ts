import { infiniteQueryOptions, type InfiniteData, type QueryClient } from "@tanstack/react-query";
import { api, ask, type Schema } from "../../api/client";

type Listed = Schema<"Record">;
/** What a row shows: the id, when the record was changed, a value for each column. */
export type Row = [id: string, modifiedAt: number, ...values: Schema<"FieldValue">[]];

/** A page of the list as it is kept: its rows as one text. A hundred thousand records as objects would halt the page whenever the browser looks for what is not needed any more. */
export interface RowPage {
  columns: string[];
  count: number;
  rows: string;
  next: string | null;
}

const keyOf = (name: string, module: string) => ["record-list", name, module];

/** The list is not asked for again by itself: every page of it costs the org a call. */
export const listQuery = (name: string, module: string, search: string, columns: string[]) =>
  infiniteQueryOptions({
    queryKey: [...keyOf(name, module), search],
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page: RowPage) => page.next ?? undefined,
    queryFn: async ({ signal, pageParam: cursor }): Promise<RowPage> => {
      const query = { ...(cursor === undefined ? {} : { cursor }), ...(search === "" ? {} : { search }) };
      const { items, next } = await ask(
        api.GET("/api/v1/connections/{name}/modules/{module}/records", {
          signal,
          params: { path: { name, module }, query },
        }),
      );
      return pack(items, columns, next);
    },
    staleTime: Infinity,
    gcTime: 0,
  });

function rowOf({ id, modified_at, values }: Listed, columns: string[]): Row {
  return [id, modified_at, ...columns.map((column) => values[column] ?? null)];
}

function pack(items: Listed[], columns: string[], next: string | null): RowPage {
  const rows = JSON.stringify(items.map((item) => rowOf(item, columns)));
  return { columns, count: items.length, rows, next };
}

/** The rows of the pages in sight. */
const opened = new Map<RowPage, Row[]>();
const OPENED = 8;

function unpack(page: RowPage): Row[] {
  const known = opened.get(page);
  if (known !== undefined) return known;
  const rows = JSON.parse(page.rows) as Row[];
  const [oldest] = opened.keys();
  if (oldest !== undefined && opened.size >= OPENED) opened.delete(oldest);
  opened.set(page, rows);
  return rows;
}

/** The row at that place of all pages. */
export function rowAt(pages: RowPage[], index: number): Row | undefined {
  let at = index;
  for (const page of pages) {
    if (at < page.count) return unpack(page)[at];
    at -= page.count;
  }
  return undefined;
}

export function countOf(pages: RowPage[]): number {
  return pages.reduce((total, page) => total + page.count, 0);
}

/** A record was made, changed or (`null`) deleted here: the rows that are loaded say so, and nothing is loaded again. */
export function tellList(
  queries: QueryClient,
  name: string,
  module: string,
  id: string,
  record: Listed | null,
) {
  queries.setQueriesData<InfiniteData<RowPage, string | undefined>>(
    { queryKey: keyOf(name, module) },
    (list) => list && { ...list, pages: changed(list.pages, id, record) },
  );
}

function changed(pages: RowPage[], id: string, record: Listed | null): RowPage[] {
  const holds = (page: RowPage) => page.rows.includes(`[${JSON.stringify(id)},`);
  const at = pages.some(holds) ? pages.findIndex(holds) : 0;
  return pages.map((page, index) => {
    if (index !== at) return page;
    const put = record === null ? [] : [rowOf(record, page.columns)];
    const before = unpack(page);
    const rows = before.some((row) => row[0] === id)
      ? before.flatMap((row) => (row[0] === id ? put : [row]))
      : [...put, ...before];
    return { ...page, count: rows.length, rows: JSON.stringify(rows) };
  });
}
