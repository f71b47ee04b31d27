// Promises, kept or not.

let [passed, failed] = [0, 0];
const only = process.env.MUSUBI_BROWSER_ONLY;

/** One promise of the console; a failure is told, and the others go on. */
export async function check(name, promise) {
  if (only && !name.includes(only)) return;
  const began = Date.now();
  try {
    await promise();
    passed += 1;
    console.log(`ok      ${name} (${Date.now() - began} ms)`);
  } catch (error) {
    failed += 1;
    console.log(`FAILED  ${name}: ${error.message.split("\n").slice(0, 8).join("\n        ")}`);
  }
}

/** The closing line, by which `cargo xtask test` knows. */
export function close() {
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0;
}
