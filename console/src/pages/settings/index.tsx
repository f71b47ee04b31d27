import { Grid, SimpleGrid } from "@mantine/core";
import { useParams } from "@tanstack/react-router";
import type { ComponentType } from "react";
import { LinkNav } from "../../look/links";
import { PageHead } from "../../look/PageHead";
import { useMay } from "../../shell/session";
import { About } from "./About";
import { Audit } from "./Audit";
import { Erasure } from "./Erasure";
import { Notices } from "./Notices";
import { People } from "./People";
import { Profile } from "./Profile";
import { Remembered } from "./Remembered";
import { Retention } from "./Retention";
import { useTexts } from "./texts";
import { Tokens } from "./Tokens";

const SECTIONS = {
  profile: Profile,
  people: People,
  tokens: Tokens,
  notices: Notices,
  audit: Audit,
  retention: Retention,
  remembered: Remembered,
  erasure: Erasure,
  about: About,
} satisfies Record<string, ComponentType>;
type Section = keyof typeof SECTIONS;

/** What only administrators and owners see. */
const ADMIN: Section[] = ["people", "notices", "audit", "remembered", "erasure"];

/** `/settings/$section`. */
export function SettingsPage() {
  const t = useTexts();
  const admin = useMay("admin");
  const { section } = useParams({ from: "/inside/settings/$section" });
  const sections = (Object.keys(SECTIONS) as Section[]).filter((each) => admin || !ADMIN.includes(each));
  const chosen = sections.find((each) => each === section) ?? "profile";
  const Chosen = SECTIONS[chosen];
  return (
    <>
      <PageHead title={t("title")} />
      <Grid gap="lg">
        <Grid.Col span={{ base: 12, sm: 4, md: 3 }}>
          <SimpleGrid
            cols={{ base: 2, sm: 1 }}
            spacing={2}
            verticalSpacing={2}
            component="nav"
            aria-label={t("title")}
          >
            {sections.map((each) => (
              <LinkNav
                key={each}
                to="/settings/$section"
                params={{ section: each }}
                label={t(each)}
                active={each === chosen}
                style={{ borderRadius: 8 }}
              />
            ))}
          </SimpleGrid>
        </Grid.Col>
        <Grid.Col span={{ base: 12, sm: 8, md: 9 }}>
          <Chosen />
        </Grid.Col>
      </Grid>
    </>
  );
}
