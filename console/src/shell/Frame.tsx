import { AppShell, Box, Burger, Group, ScrollArea, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { Outlet, useLocation, useNavigate } from "@tanstack/react-router";
import { lazy, Suspense, useEffect, useRef } from "react";
import { sessionQuery } from "../api/queries";
import { AccountMenu } from "./AccountMenu";
import { LiveBadge } from "./LiveBadge";
import { Mark } from "./Mark";
import { Navigation } from "./Navigation";
import { Palette, PaletteButton } from "./Palette";
import { PendingPage } from "./LostPage";
import { useTexts } from "./texts";
import { useMemberChoices } from "./choices";
import { useFirstLoads } from "./firstLoads";
import { useSession } from "./session";

const Tour = lazy(() => import("../tour").then((module) => ({ default: module.Tour })));

/** What stands around every page behind the log-in; leaves when the session ends. */
export function Frame() {
  const { data: session } = useQuery(sessionQuery);
  const navigate = useNavigate();
  const { href } = useLocation();
  const over = session === null;
  useEffect(() => {
    if (over) void navigate({ to: "/login", search: href === "/" ? {} : { next: href }, replace: true });
  }, [over, navigate, href]);
  return session ? <Around /> : null;
}

function Around() {
  const t = useTexts();
  const { demo } = useSession();
  const [opened, { toggle, close }] = useDisclosure();
  const { pathname } = useLocation();
  const content = useRef<HTMLElement>(null);
  const first = useRef(true);
  useMemberChoices();
  useFirstLoads();

  // A new page takes the focus, so that a screen reader and the keyboard begin at its top.
  useEffect(() => {
    close();
    if (!first.current) content.current?.focus({ preventScroll: true });
    first.current = false;
  }, [pathname, close]);

  return (
    <AppShell
      header={{ height: 52 }}
      navbar={{ width: 216, breakpoint: "sm", collapsed: { mobile: !opened } }}
      padding={0}
    >
      <a className="skip" href="#content">
        {t("skip")}
      </a>
      <AppShell.Header px="md" bg="var(--surface)">
        <Group h="100%" justify="space-between" wrap="nowrap" gap="sm">
          <Group gap="xs" wrap="nowrap">
            <Burger
              opened={opened}
              onClick={toggle}
              hiddenFrom="sm"
              size="sm"
              aria-label={t("menu")}
              aria-expanded={opened}
            />
            <Mark size={26} />
            <Text fw={700} fz={16} visibleFrom="xs" style={{ letterSpacing: "-0.01em" }}>
              Musubi
            </Text>
          </Group>
          <PaletteButton />
          <Group gap="xs" wrap="nowrap">
            <LiveBadge />
            <AccountMenu />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs" bg="var(--surface)">
        <ScrollArea type="auto">
          <Navigation />
        </ScrollArea>
      </AppShell.Navbar>
      {demo && (
        <Suspense>
          <Tour />
        </Suspense>
      )}
      <AppShell.Main id="content" ref={content} tabIndex={-1}>
        <Box maw={1180} mx="auto" px={{ base: "md", sm: "xl" }} py={{ base: "md", sm: "lg" }}>
          <Suspense fallback={<PendingPage />}>
            <Outlet />
          </Suspense>
        </Box>
      </AppShell.Main>
      <Palette />
    </AppShell>
  );
}
