import { Button, Group } from "@mantine/core";
import { Problem } from "./Problem";
import { IconRefresh } from "./icons";
import { useWords } from "./words";

/** Stands where something could not be shown: why, and a way to try again. */
export function ErrorState({ error, retry }: { error: unknown; retry?: () => unknown }) {
  const words = useWords();
  return (
    <Problem error={error}>
      {retry && (
        <Group mt={4}>
          <Button
            size="xs"
            variant="default"
            leftSection={<IconRefresh size={14} />}
            onClick={() => void retry()}
          >
            {words("retry")}
          </Button>
        </Group>
      )}
    </Problem>
  );
}
