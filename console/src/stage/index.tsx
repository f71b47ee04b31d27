import { MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { QueryClientProvider } from "@tanstack/react-query";
import { createMemoryHistory, RouterProvider } from "@tanstack/react-router";
import { render } from "@testing-library/react";
import type { ReactNode } from "react";
import { vi } from "vitest";
import { speak, type Language } from "../look/texts";
import { theme } from "../look/theme";
import { makeQueries } from "../shell/queries";
import { makeRouter } from "../shell/routes";
import { agreeing, session, status } from "./data";

/** A request as a test sees it. */
export interface Asked {
  method: string;
  path: string;
  query: URLSearchParams;
  body: unknown;
  headers: Headers;
}
/** What the hub answers, by "METHOD /path"; a function decides by the request. */
export type Answers = Record<string, unknown>;
type Decide = (asked: Asked) => unknown;

/** An answer that is a problem. */
export class Refusal {
  readonly problem: { status: number; code: string; detail: string; hint: string };
  constructor(status: number, code: string, detail: string, hint = "Do something else.") {
    this.problem = { status, code, detail, hint };
  }
}

const usual: Answers = {
  "GET /session": session,
  "GET /setup": { needed: false },
  "GET /status": status,
  "PATCH /session/member": session.member,
  "GET /jobs": { items: [] },
  "GET /connections/tokyo/users": { items: [] },
  "GET /connections/london/users": { items: [] },
  "GET /integrations/tokyo-london/modules/Contacts/explain": agreeing,
};

/** Answers the console's requests, and keeps them to be looked at. */
export function answer(answers: Answers): Asked[] {
  const asked: Asked[] = [];
  const all = { ...usual, ...answers };
  vi.stubGlobal("fetch", async (request: Request) => {
    const url = new URL(request.url);
    const text = await request.clone().text();
    const path = url.pathname.replace("/api/v1", "");
    const one: Asked = {
      method: request.method,
      path,
      query: url.searchParams,
      body: text === "" ? undefined : JSON.parse(text),
      headers: request.headers,
    };
    asked.push(one);
    const key = `${request.method} ${decodeURIComponent(path)}`;
    const found: unknown = all[key];
    const given: unknown = typeof found === "function" ? (found as Decide)(one) : found;
    if (given === undefined)
      return problem(new Refusal(404, "not_found", `The test answers nothing to ${key}`));
    if (given instanceof Refusal) return problem(given);
    return given === null ? new Response(null, { status: 204 }) : Response.json(given);
  });
  return asked;
}

function problem({ problem: { status: code, ...rest } }: Refusal): Response {
  const body = { type: "about:blank", title: rest.code, status: code, ...rest };
  return new Response(JSON.stringify(body), {
    status: code,
    headers: { "content-type": "application/problem+json" },
  });
}

/** A stream of events that says nothing; a test may speak through {@link Silent.last}. */
export class Silent extends EventTarget {
  static readonly CLOSED = 2;
  static last: Silent | null = null;
  readyState = 1;
  onopen: (() => void) | null = null;
  onerror: (() => void) | null = null;
  constructor(readonly url: string) {
    super();
    Silent.last = this;
  }
  close() {
    this.readyState = 2;
  }
  say(name: string, data: unknown) {
    this.dispatchEvent(new MessageEvent(name, { data: JSON.stringify(data) }));
  }
}

/** The whole console at an address, against these answers. */
export function show(path: string, answers: Answers = {}, language: Language = "en") {
  vi.stubGlobal("EventSource", Silent);
  const asked = answer(answers);
  speak(language);
  const queries = makeQueries();
  const router = makeRouter(queries);
  router.update({ ...router.options, history: createMemoryHistory({ initialEntries: [path] }) } as never);
  render(
    <Look>
      <QueryClientProvider client={queries}>
        {/* What was told stays until somebody closes it, however slow the machine is that looks for it. */}
        <Notifications autoClose={false} />
        <RouterProvider router={router} />
      </QueryClientProvider>
    </Look>,
  );
  return { asked, router, queries };
}

/** A part of a page alone, which asks nothing of the hub. */
export function showPart(part: ReactNode, language: Language = "en") {
  speak(language);
  render(<Look>{part}</Look>);
}

/** No style sheet is read here: each rule would be compared with each element whenever somebody looks for one by its role. */
function Look({ children }: { children: ReactNode }) {
  return (
    <MantineProvider theme={theme} env="test" withCssVariables={false} withGlobalClasses={false}>
      {children}
    </MantineProvider>
  );
}
