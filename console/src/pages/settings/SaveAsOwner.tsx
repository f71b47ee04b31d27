import { Button, Text } from "@mantine/core";
import { Problem } from "../../look/Problem";
import { useWords } from "../../look/words";
import { useMay } from "../../shell/session";
import { useTexts } from "./texts";

interface Props {
  pending: boolean;
  error: Error | null;
}

/** The end of a form that only an owner saves: what went wrong, and the button, or why there is none. */
export function SaveAsOwner({ pending, error }: Props) {
  const t = useTexts();
  const words = useWords();
  const owner = useMay("owner");
  return (
    <>
      {error !== null && <Problem error={error} />}
      {owner ? (
        <Button type="submit" w="fit-content" loading={pending}>
          {words("save")}
        </Button>
      ) : (
        <Text size="sm" c="dimmed">
          {t("onlyOwner")}
        </Text>
      )}
    </>
  );
}
