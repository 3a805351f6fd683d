// Prints what each SDK weighs on its way to a browser, and fails above the goal.
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const GOAL = 40 * 1024;
const bundles = ["signed-call", "tring"].flatMap((name) => [`${name}/dist/${name}.umd.js`, `${name}/dist/${name}.mjs`]);
const weights = bundles.map((path) => {
  const text = readFileSync(new URL(path, import.meta.url));
  return { name: path.split("/").pop(), bytes: text.length, gzip: gzipSync(text, { level: 9 }).length };
});
for (const { name, bytes, gzip } of weights) {
  process.stdout.write(`${name}: ${bytes} bytes, ${gzip} gzipped, ${Math.round((gzip / GOAL) * 100)} % of the goal\n`);
}
if (weights.some(({ gzip }) => gzip > GOAL)) process.exitCode = 1;
