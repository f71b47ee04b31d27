import { useLocalStorage } from "@mantine/hooks";

const KEY = "musubi.zone";

export function browserZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** The zone that times are shown in: the chosen one, or the browser's. */
export function useZone(): string {
  const [zone] = useLocalStorage({ key: KEY, defaultValue: "" });
  return zone === "" ? browserZone() : zone;
}

/** The chosen zone (empty: the browser's) and how to choose another. */
export function useZoneChoice() {
  return useLocalStorage({ key: KEY, defaultValue: "" });
}
