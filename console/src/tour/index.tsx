import { Button, CloseButton, Group, Loader, Paper, Stack, Text, Title } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useEntrySentence } from "../look/journal";
import { useWords } from "../look/words";
import { useToast } from "../shell/toast";
import { useArrival } from "./arrival";
import { STEPS, useTour } from "./state";
import { useStop } from "./stops";
import { useTexts } from "./texts";
import "./tour.css";

/** The demo's guided tour: change a record here, watch it arrive there, see why. It stands beside the page and takes nothing away from it. */
export function Tour() {
  return useTour().shown ? <Card /> : null;
}

function Card() {
  const t = useTexts();
  const words = useWords();
  const tour = useTour();
  const sentence = useEntrySentence();
  const { step } = tour;
  const stop = useStop(step);
  const arrival = useArrival();
  const number = STEPS.indexOf(step);
  const [before, after] = [STEPS[number - 1], STEPS[number + 1]];
  const sides = { left: stop.left, right: stop.right };
  const onward = before === undefined ? "begin" : after === undefined ? "finish" : "next";
  const toast = useToast();
  // Which record there is to open is asked only when it is to be opened.
  const open = useMutation({ mutationFn: async () => stop.open?.(), onError: toast.problem });
  const forward = () => {
    if (!stop.here) open.mutate();
    else if (after === undefined) tour.finish();
    else tour.go(after);
  };
  const told = step === "arrive" && arrival !== null ? sentence(arrival, sides) : null;
  return (
    <Paper
      component="aside"
      className="tour"
      aria-label={t("tour")}
      p="md"
      shadow="lg"
      radius="lg"
      onKeyDown={(event) => event.key === "Escape" && tour.hide()}
    >
      <Group justify="space-between" wrap="nowrap">
        <Text size="xs" c="dimmed" fw={600}>
          {t("tour")} · {t("step", { number: number + 1, count: STEPS.length })}
        </Text>
        <CloseButton size="sm" aria-label={words("close")} onClick={tour.hide} />
      </Group>
      <Stack gap={4} aria-live="polite">
        <Title order={2}>{t(`title_${step}`, sides)}</Title>
        <Text size="sm">{t(`text_${step}`, sides)}</Text>
        {told !== null && (
          <Text size="sm" fw={600} className="tour-told">
            {told}
          </Text>
        )}
        {step === "change" && stop.here && (
          <Text size="sm" c="dimmed">
            {t("waiting")}
          </Text>
        )}
      </Stack>
      <Group justify="space-between" mt="md" wrap="nowrap">
        {before === undefined ? (
          <Button variant="default" size="xs" onClick={tour.hide}>
            {t("later")}
          </Button>
        ) : (
          <Button variant="default" size="xs" onClick={() => tour.go(before)}>
            {t("back")}
          </Button>
        )}
        {/* One button, whatever it does, and never disabled for a moment: the focus stays on it from step to step. */}
        <Button
          size="xs"
          disabled={!stop.here && stop.open === null}
          aria-busy={open.isPending}
          leftSection={open.isPending ? <Loader size={12} color="currentColor" /> : null}
          onClick={forward}
        >
          {stop.here || step === "welcome" ? t(onward) : t(`open_${step}`, sides)}
        </Button>
      </Group>
    </Paper>
  );
}
