import { Button, Center, Container, Loader } from "@mantine/core";
import { useRouter, type ErrorComponentProps } from "@tanstack/react-router";
import { EmptyState } from "../look/EmptyState";
import { IconRefresh, IconSearch } from "../look/icons";
import { LinkButton } from "../look/links";
import { Problem } from "../look/Problem";
import { useWords } from "../look/words";
import { useTexts } from "./texts";

/** What the error boundary shows. */
export function LostPage({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  const words = useWords();
  const again = () => {
    reset();
    void router.invalidate();
  };
  return (
    <Container size="sm" py="xl">
      <Problem error={error}>
        <Button
          mt="xs"
          w="fit-content"
          size="xs"
          variant="default"
          leftSection={<IconRefresh size={14} />}
          onClick={again}
        >
          {words("retry")}
        </Button>
      </Problem>
    </Container>
  );
}

export function MissingPage() {
  const t = useTexts();
  return (
    <EmptyState icon={<IconSearch size={22} />} title={t("missingPage")} text={t("missingPageText")}>
      <LinkButton to="/" variant="default" mt="xs">
        {t("home")}
      </LinkButton>
    </EmptyState>
  );
}

export function PendingPage() {
  const words = useWords();
  return (
    <Center py={80}>
      <Loader size="sm" role="progressbar" aria-label={words("loading")} />
    </Center>
  );
}
