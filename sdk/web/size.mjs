// Prints what the SDK weighs on its way to a browser, and fails above the goal.
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const GOAL = 40 * 1024;
const weights = ["signed-call.umd.js", "signed-call.mjs"].map((name) => {
  const text = readFileSync(new URL(`signed-call/dist/${name}`, import.meta.url));
  return { name, bytes: text.length, gzip: gzipSync(text, { level: 9 }).length };
});
for (const { name, bytes, gzip } of weights) {
  process.stdout.write(`${name}: ${bytes} bytes, ${gzip} gzipped, ${Math.round((gzip / GOAL) * 100)} % of the goal\n`);
}
if (weights.some(({ gzip }) => gzip > GOAL)) process.exitCode = 1;
