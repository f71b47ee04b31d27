import { afterEach, expect, test, vi } from "vitest";
import { answer, Refusal } from "../stage";
import { api, ask, randomId, setCsrf } from "./client";
import { ProblemError } from "./problem";

afterEach(() => vi.unstubAllGlobals());

test("what changes something carries the session's token and a key; what reads carries neither", async () => {
  setCsrf("the-token");
  const asked = answer({ "POST /backup": { id: "1" }, "GET /jobs": { items: [] } });
  await ask(api.POST("/api/v1/backup"));
  await ask(api.GET("/api/v1/jobs"));
  expect(asked.map(({ headers }) => headers.get("x-musubi-csrf"))).toEqual(["the-token", null]);
  expect(asked[0]?.headers.get("idempotency-key")).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab]/);
  expect(asked[1]?.headers.get("idempotency-key")).toBeNull();
});

test("a request that the network lost is sent once more with the same key", async () => {
  const keys: (string | null)[] = [];
  vi.stubGlobal("fetch", (request: Request) => {
    keys.push(request.headers.get("idempotency-key"));
    return keys.length === 1
      ? Promise.reject(new TypeError("lost"))
      : Promise.resolve(Response.json({ id: "1" }));
  });
  await ask(api.POST("/api/v1/backup"));
  expect(keys).toHaveLength(2);
  expect(keys[0]).toBe(keys[1]);
});

test("a problem is thrown with its code; no answer and a proxy's answer are the same problem", async () => {
  answer({ "GET /jobs": new Refusal(403, "auth.forbidden", "You may not.") });
  await expect(ask(api.GET("/api/v1/jobs"))).rejects.toMatchObject({
    problem: { code: "auth.forbidden", status: 403 },
  });
  vi.stubGlobal("fetch", () => Promise.reject(new TypeError("down")));
  await expect(ask(api.GET("/api/v1/jobs"))).rejects.toMatchObject({ problem: { code: "hub.unreachable" } });
  vi.stubGlobal("fetch", () => Promise.resolve(new Response("<html>", { status: 502 })));
  const failed = await ask(api.GET("/api/v1/jobs")).catch((error: unknown) => error);
  expect(failed).toBeInstanceOf(ProblemError);
  expect(failed).toMatchObject({ problem: { code: "hub.unreachable" } });
});

test("ids are random", () => expect(randomId()).not.toBe(randomId()));
