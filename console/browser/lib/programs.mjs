// Starts the hub and the sandbox, and ends them with us.

import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

const program = process.env.MUSUBI_PROGRAM;
if (!program) throw new Error("MUSUBI_PROGRAM must name the hub's program");
const folder = await mkdtemp(join(tmpdir(), "musubi-browser-"));
const children = new Set();

/** A fresh folder, which goes away at the end. */
export const freshFolder = (name) => mkdtemp(join(folder, `${name}-`));

/** Runs the program until `wanted` finds something in a line of its output; gives that and the way to end it. */
export function start(args, wanted) {
  const child = spawn(program, args, {
    env: { PATH: process.env.PATH, MUSUBI_DATA: folder },
    stdio: ["ignore", "pipe", "inherit"],
  });
  children.add(child);
  const ended = new Promise((resolve) => child.on("exit", resolve));
  const stop = async () => {
    children.delete(child);
    child.kill("SIGTERM");
    await ended;
  };
  return new Promise((resolve, reject) => {
    createInterface({ input: child.stdout }).on("line", (line) => {
      const found = wanted(line);
      if (found) resolve({ found, stop });
    });
    child.on("exit", (code) => reject(new Error(`${args[0]} ended with ${code}`)));
    setTimeout(() => reject(new Error(`${args[0]} does not start`)), 60_000).unref();
  });
}

/** A line that is JSON. */
export function json(line) {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** Ends everything and clears it away. */
export async function endPrograms() {
  const ends = [...children].map((child) => new Promise((resolve) => child.on("exit", resolve)));
  for (const child of children) child.kill("SIGTERM");
  await Promise.all(ends);
  await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
}
