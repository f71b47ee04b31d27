import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useLocation, useNavigate } from "@tanstack/react-router";
import { linksQuery, statusQuery } from "../api/queries";
import { useTour, type Step } from "./state";

/** People first: everybody knows what a contact is. */
const FAVOURITE = "Contacts";

interface Stop {
  /** Whether this is where one is. */
  here: boolean;
  /** Goes there, once it is known where that is; null where there is nowhere to go. */
  open: (() => Promise<void>) | null;
}

/** Where a step of the tour takes place. */
export function useStop(step: Step): Stop & { left: string; right: string } {
  const tour = useTour();
  const navigate = useNavigate();
  const { pathname, search } = useLocation();
  const { data: status } = useQuery(statusQuery);
  const integration = status?.integrations[0];
  const { name = "", left = "", right = "", modules = [] } = integration ?? {};
  const module = (modules.find((each) => each.left === FAVOURITE) ?? modules[0])?.left ?? "";
  const queries = useQueryClient();
  const at = (path: string, tab?: string) =>
    pathname === path && (tab === undefined || ("tab" in search && search.tab === tab));
  const page = `/integrations/${name}`;

  const stops: Record<Step, Stop> = {
    welcome: { here: true, open: null },
    change: {
      here: tour.pair !== null && at(`/connections/${left}/${module}`),
      open:
        module === ""
          ? null
          : async () => {
              const links = await queries.infiniteQuery(linksQuery(name, module, ""));
              const leftId = links.pages[0]?.items[0]?.left_id;
              if (leftId === undefined) return;
              tour.take({ integration: name, module, leftId, since: Date.now() });
              await navigate({
                to: "/connections/$name/$module",
                params: { name: left, module },
                search: { record: leftId },
              });
            },
    },
    arrive: {
      here: at(page, "history"),
      open: () => navigate({ to: "/integrations/$name", params: { name }, search: { tab: "history" } }),
    },
    why: {
      here: tour.pair !== null && at(`${page}/${tour.pair.module}/${tour.pair.leftId}`),
      open: async () => {
        const { pair } = tour;
        if (pair === null) {
          tour.go("change");
          return;
        }
        await navigate({
          to: "/integrations/$name/$module/$leftId",
          params: { name: pair.integration, module: pair.module, leftId: pair.leftId },
        });
      },
    },
    prove: {
      here: at(page, "verify"),
      open: () => navigate({ to: "/integrations/$name", params: { name }, search: { tab: "verify" } }),
    },
  };
  return { ...stops[step], left, right };
}
