import type { components } from "./generated/schema";

/** A problem of the hub's API; `trace` is what else helps whoever looks for its cause. */
export type Problem = components["schemas"]["Problem"] & { trace?: string };

/** A problem as the hub told it, or one of the two the console knows itself: no answer, and an answer it cannot read. */
export class ProblemError extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail);
    this.name = "ProblemError";
    this.problem = problem;
  }

  /** The sentence about one field of a form. */
  field(name: string): string | undefined {
    return this.problem.fields?.find((field) => field.field === name)?.detail;
  }
}

function isProblem(body: unknown): body is Problem {
  return typeof body === "object" && body !== null && "code" in body && "detail" in body;
}

export function problemOf(body: unknown, response: Response): Problem {
  if (isProblem(body)) return { ...body, hint: typeof body.hint === "string" ? body.hint : "" };
  // A proxy in front of a hub that is not there.
  if (response.status >= 502 && response.status <= 504) return unreachable().problem;
  return {
    type: "about:blank",
    title: response.statusText,
    status: response.status,
    code: "hub.unreadable",
    detail: `The hub answered with status ${response.status}, which the console cannot read.`,
    hint: "Try again; if it stays so, look into the hub's log.",
  };
}

export function unreachable(): ProblemError {
  return new ProblemError({
    type: "about:blank",
    title: "No answer",
    status: 0,
    code: "hub.unreachable",
    detail: "The hub does not answer.",
    hint: "Check that it runs and that this computer is online; the console keeps trying.",
  });
}

/** Whatever was thrown, as a problem. */
export function asProblem(error: unknown): Problem {
  if (error instanceof ProblemError) return error.problem;
  return {
    type: "about:blank",
    title: "Console",
    status: 0,
    code: "console.broken",
    detail: "The console made a mistake while it showed this.",
    hint: "Reload the page; if it happens again, please report it with the text below.",
    trace: error instanceof Error ? error.message : String(error),
  };
}
