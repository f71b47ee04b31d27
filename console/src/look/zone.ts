import { useLocalStorage } from "@mantine/hooks";

/** Read at once, so that nothing is drawn twice. */
const CHOICE = { key: "musubi.zone", defaultValue: "", getInitialValueInEffect: false };

let ofBrowser: string | undefined;

/** Asked for once: the browser takes long to answer, and every time that is shown needs it. */
export function browserZone(): string {
  ofBrowser ??= Intl.DateTimeFormat().resolvedOptions().timeZone;
  return ofBrowser;
}

/** The zone that times are shown in: the chosen one, or the browser's. */
export function useZone(): string {
  const [zone] = useLocalStorage(CHOICE);
  return zone === "" ? browserZone() : zone;
}

/** The chosen zone (empty: the browser's) and how to choose another. */
export function useZoneChoice() {
  return useLocalStorage(CHOICE);
}
