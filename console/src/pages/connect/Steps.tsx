import { Anchor, List, Paper, Text, Title } from "@mantine/core";
import { CopyText } from "../../look/CopyText";
import { IconExternalLink } from "../../look/icons";
import type { Way } from "./form";
import { useTexts } from "./texts";

interface Props {
  way: Way;
  consoleUrl: string;
  scopes: string[];
}

/** What to press in the service's own console, in its own words. */
export function Steps({ way, consoleUrl, scopes }: Props) {
  const t = useTexts();
  if (way === "token") return null;
  const redirect = `${location.origin}/oauth/callback`;
  return (
    <Paper p="md" bg="var(--page)">
      <Title order={3} mb="sm">
        {t("steps")}
      </Title>
      <List type="ordered" size="sm" spacing="xs" styles={{ itemWrapper: { display: "inline" } }}>
        <List.Item>
          {t("step1", { url: consoleUrl })}{" "}
          <Anchor href={consoleUrl} target="_blank" rel="noreferrer" size="sm">
            {t("openConsole")} <IconExternalLink size={13} aria-hidden />
          </Anchor>
        </List.Item>
        {way === "self_client" ? (
          <>
            <List.Item>{t("step2")}</List.Item>
            <List.Item>
              <Text size="sm" mb={4} component="span" display="block">
                {t("step3")}
              </Text>
              <CopyText text={scopes.join(",")} />
            </List.Item>
            <List.Item>{t("step4")}</List.Item>
            <List.Item>{t("step5")}</List.Item>
          </>
        ) : (
          <>
            <List.Item>{t("bstep2")}</List.Item>
            <List.Item>
              <Text size="sm" mb={4} component="span" display="block">
                {t("bstep3")}
              </Text>
              <CopyText text={redirect} />
            </List.Item>
            <List.Item>{t("bstep4")}</List.Item>
          </>
        )}
      </List>
    </Paper>
  );
}
