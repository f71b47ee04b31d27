import { Button, Center } from "@mantine/core";
import { useWords } from "./words";

interface Props {
  query: { hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage: () => unknown };
}

/** The rest of a list that comes in pages. */
export function MoreButton({ query }: Props) {
  const words = useWords();
  if (!query.hasNextPage) return null;
  return (
    <Center p="sm">
      <Button
        variant="default"
        size="xs"
        loading={query.isFetchingNextPage}
        onClick={() => void query.fetchNextPage()}
      >
        {words("more")}
      </Button>
    </Center>
  );
}
