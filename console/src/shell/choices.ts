import { useMantineColorScheme } from "@mantine/core";
import { useEffect } from "react";
import { speak } from "../look/texts";
import { useSession } from "./session";

/** What the member chose holds on every computer: language and appearance. */
export function useMemberChoices() {
  const { language, theme } = useSession().member;
  const { setColorScheme } = useMantineColorScheme();
  useEffect(() => {
    if (language !== null) speak(language);
  }, [language]);
  useEffect(() => setColorScheme(theme), [theme, setColorScheme]);
}
