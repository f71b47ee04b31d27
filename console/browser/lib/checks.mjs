// Promises, kept or not.

let passed = 0;
const failed = [];
/** So many names are told at the end; one line is all that is kept of a run. */
const TOLD = 10;
const only = process.env.MUSUBI_BROWSER_ONLY;

/** Whether a promise of this name is looked at in this run. */
export const isWanted = (name) => !only || name.includes(only);

/** One promise of the console; a failure is told, and the others go on. */
export async function check(name, promise) {
  if (!isWanted(name)) return;
  const began = Date.now();
  try {
    await promise();
    passed += 1;
    console.log(`ok      ${name} (${Date.now() - began} ms)`);
  } catch (error) {
    failed.push(name);
    console.log(`FAILED  ${name}: ${error.message.split("\n").slice(0, 8).join("\n        ")}`);
  }
}

/** The closing line, by which `cargo xtask test` knows. */
export function close() {
  const names = failed.slice(0, TOLD).join("; ") + (failed.length > TOLD ? "; …" : "");
  console.log(`${passed} passed, ${failed.length} failed${names && `: ${names}`}`);
  return failed.length === 0;
}
