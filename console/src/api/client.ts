import createClient, { type Middleware } from "openapi-fetch";
import { ProblemError, problemOf, unreachable } from "./problem";
import type { components, paths } from "./generated/schema";

/** The schemas of the API by name, such as `Schema<"Job">`. */
export type Schema<Name extends keyof components["schemas"]> = components["schemas"][Name];

/** What the session gave us to prove that a request comes from this console. */
let csrf: string | null = null;

export function setCsrf(token: string | null) {
  csrf = token;
}

/** Nobody is logged in yet when these are asked. */
const OPEN = new Set(["/api/v1/session", "/api/v1/setup"]);
/** These change nothing: twice is the same as once, and their long answers need not be kept. */
const ASKING =
  /^\/api\/v1\/(mapping\/|integrations\/preview$|integrations\/\{name\}\/(preview-change|scope-count|undo\/plan)$)/;
const UNSAFE = new Set(["POST", "PUT", "PATCH", "DELETE"]);

/** A random id; `crypto.randomUUID` is missing on plain http, where many hubs live. */
export function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

const headers: Middleware = {
  onRequest({ request, schemaPath }) {
    if (!UNSAFE.has(request.method)) return undefined;
    const open = request.method === "POST" && OPEN.has(schemaPath);
    if (csrf !== null && !open) request.headers.set("X-Musubi-CSRF", csrf);
    if (request.method === "POST" && !open && !ASKING.test(schemaPath))
      request.headers.set("Idempotency-Key", randomId());
    return request;
  },
};

/** A request that carries an idempotency key is sent once more when the network lost it: the key makes that safe. */
async function send(request: Request): Promise<Response> {
  const again = request.headers.has("Idempotency-Key") ? request.clone() : null;
  try {
    return await fetch(request);
  } catch (error) {
    if (again === null || request.signal.aborted) throw error;
    await new Promise((done) => setTimeout(done, 700));
    return await fetch(again);
  }
}

export const api = createClient<paths>({
  baseUrl: globalThis.location.origin,
  credentials: "same-origin",
  fetch: send,
});
api.use(headers);

interface Answer<Data> {
  data?: Data;
  error?: unknown;
  response: Response;
}

/** The answer's data; anything else is thrown as a {@link ProblemError}. */
export async function ask<Data>(call: Promise<Answer<Data>>): Promise<Exclude<Data, undefined>> {
  let answer: Answer<Data>;
  try {
    answer = await call;
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw unreachable();
  }
  if (answer.response.ok) return answer.data as Exclude<Data, undefined>;
  throw new ProblemError(problemOf(answer.error, answer.response));
}
