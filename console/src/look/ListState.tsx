import { Skeleton, Stack } from "@mantine/core";
import type { ReactNode } from "react";
import { ErrorState } from "./ErrorState";

interface Props<Item> {
  query: { isPending: boolean; isError: boolean; error: unknown; refetch: () => unknown };
  items: Item[];
  empty: ReactNode;
  children: (items: Item[]) => ReactNode;
}

/** A list in each of its states: on its way, not to be had, empty, there. What is there stays while it is asked for again. */
export function ListState<Item>({ query, items, empty, children }: Props<Item>) {
  if (query.isPending) {
    return (
      <Stack gap="xs" p="md" aria-busy>
        {[88, 72, 80, 64].map((width) => (
          <Skeleton key={width} h={18} w={`${width}%`} />
        ))}
      </Stack>
    );
  }
  if (query.isError && items.length === 0) return <ErrorState error={query.error} retry={query.refetch} />;
  return items.length === 0 ? empty : children(items);
}
