import type { QueryClient } from "@tanstack/react-query";
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from "@tanstack/react-router";
import { sessionQuery, setupQuery } from "../api/queries";
import { Frame } from "./Frame";
import { LostPage, MissingPage, PendingPage } from "./LostPage";
import * as search from "./search";

const root = createRootRouteWithContext<{ queries: QueryClient }>()({
  component: Outlet,
  errorComponent: LostPage,
  notFoundComponent: MissingPage,
});

const setup = createRoute({
  getParentRoute: () => root,
  path: "/setup",
  beforeLoad: async ({ context }) => {
    if (!(await context.queries.query({ ...setupQuery, staleTime: "static" })).needed)
      throw redirect({ to: "/" });
  },
  component: lazyRouteComponent(() => import("../pages/setup"), "SetupPage"),
});

const login = createRoute({
  getParentRoute: () => root,
  path: "/login",
  validateSearch: search.login,
  component: lazyRouteComponent(() => import("../pages/login"), "LoginPage"),
});

/** Everything behind the log-in. */
const inside = createRoute({
  getParentRoute: () => root,
  id: "inside",
  beforeLoad: async ({ context, location }) => {
    if ((await context.queries.query({ ...sessionQuery, staleTime: "static" })) !== null) return;
    if ((await context.queries.query({ ...setupQuery, staleTime: 0 })).needed)
      throw redirect({ to: "/setup" });
    throw redirect({ to: "/login", search: location.href === "/" ? {} : { next: location.href } });
  },
  component: Frame,
});

const home = createRoute({
  getParentRoute: () => inside,
  path: "/",
  component: lazyRouteComponent(() => import("../pages/home"), "HomePage"),
});

const integrations = createRoute({
  getParentRoute: () => inside,
  path: "/integrations",
  component: lazyRouteComponent(() => import("../pages/integrations"), "IntegrationsPage"),
});

const newIntegration = createRoute({
  getParentRoute: () => inside,
  path: "/integrations/new",
  component: lazyRouteComponent(() => import("../pages/wizard"), "WizardPage"),
});

const integration = createRoute({
  getParentRoute: () => inside,
  path: "/integrations/$name",
  validateSearch: search.integration,
  component: lazyRouteComponent(() => import("../pages/integration"), "IntegrationPage"),
});

const adding = createRoute({
  getParentRoute: () => inside,
  path: "/integrations/$name/add-module",
  validateSearch: search.adding,
  component: lazyRouteComponent(() => import("../pages/adding"), "AddingPage"),
});

const module = createRoute({
  getParentRoute: () => inside,
  path: "/integrations/$name/modules/$left/$right/settings",
  component: lazyRouteComponent(() => import("../pages/module"), "ModulePage"),
});

const record = createRoute({
  getParentRoute: () => inside,
  path: "/integrations/$name/$module/$leftId",
  validateSearch: search.record,
  component: lazyRouteComponent(() => import("../pages/record"), "RecordPage"),
});

const attention = createRoute({
  getParentRoute: () => inside,
  path: "/attention",
  validateSearch: search.attention,
  component: lazyRouteComponent(() => import("../pages/attention"), "AttentionPage"),
});

const conflicts = createRoute({
  getParentRoute: () => inside,
  path: "/conflicts",
  validateSearch: search.conflicts,
  component: lazyRouteComponent(() => import("../pages/conflicts"), "ConflictsPage"),
});

const connections = createRoute({
  getParentRoute: () => inside,
  path: "/connections",
  validateSearch: search.connections,
  component: lazyRouteComponent(() => import("../pages/connections"), "ConnectionsPage"),
});

const newConnection = createRoute({
  getParentRoute: () => inside,
  path: "/connections/new",
  validateSearch: search.connect,
  component: lazyRouteComponent(() => import("../pages/connect"), "ConnectPage"),
});

const connection = createRoute({
  getParentRoute: () => inside,
  path: "/connections/$name",
  component: lazyRouteComponent(() => import("../pages/connection"), "ConnectionPage"),
});

const records = createRoute({
  getParentRoute: () => inside,
  path: "/connections/$name/$module",
  validateSearch: search.records,
  component: lazyRouteComponent(() => import("../pages/records"), "RecordsPage"),
});

const settings = createRoute({
  getParentRoute: () => inside,
  path: "/settings/$section",
  component: lazyRouteComponent(() => import("../pages/settings"), "SettingsPage"),
});

const settingsItself = createRoute({
  getParentRoute: () => inside,
  path: "/settings",
  beforeLoad: () => {
    throw redirect({ to: "/settings/$section", params: { section: "profile" } });
  },
});

/** Any other address, with the frame around the answer. */
const elsewhere = createRoute({ getParentRoute: () => inside, path: "$", component: MissingPage });

const pages = [
  home,
  integrations,
  newIntegration,
  integration,
  adding,
  module,
  record,
  attention,
  conflicts,
  connections,
  newConnection,
  connection,
  records,
  settings,
  settingsItself,
  elsewhere,
];

const tree = root.addChildren([setup, login, inside.addChildren(pages)]);

export function makeRouter(queries: QueryClient) {
  return createRouter({
    routeTree: tree,
    context: { queries },
    parseSearch: search.read,
    stringifySearch: search.write,
    defaultPreload: "intent",
    defaultPendingComponent: PendingPage,
    defaultErrorComponent: LostPage,
    scrollRestoration: true,
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}
