import { useDebouncedValue } from "@mantine/hooks";
import { useMemo } from "react";

/**
 * What a draft is when it has not been changed for a while. Drafts are made anew whenever a page is shown anew: what counts is what they say, or waiting for one to settle
 * would never end, and each wait would show the page anew.
 */
export function useSettled<T>(draft: T, wait: number): T {
  const [text] = useDebouncedValue(JSON.stringify(draft), wait);
  return useMemo(() => JSON.parse(text) as T, [text]);
}
