// Adds up the counts that the suites print, from a log; the last line is what a reader of a long log looks for.
import { readFileSync } from 'node:fs';

const ESCAPES = /\u001b\[[0-9;]*m/g;
const lines = readFileSync(process.argv[2], 'utf8').replace(ESCAPES, '').split('\n');

/** Each suite's own way to say how it went. */
const SUITES = [
  { name: 'Rust', line: /^\s*Summary \[.*tests? run: / },
  { name: 'Rust', line: /^test result: (ok|FAILED)\. / },
  { name: 'web SDK', line: /^\s*Tests\s+\d+ (passed|failed)/ },
  { name: 'browsers', line: /^e2e: / },
  { name: 'fuzz targets', line: /^fuzz: / },
];

const number = (line, word) => Number(new RegExp(`(\\d+) (?:tests? )?${word}`).exec(line)?.[1] ?? 0);
const totals = new Map();
let inBrowsers = false;
for (const line of lines) {
  const suite = SUITES.find(candidate => candidate.line.test(line));
  // The browser tests run in the same runner as the SDK's and print its summary too, just before their own line.
  if (/RUN .*\/e2e$/.test(line)) inBrowsers = true;
  if (!suite || (inBrowsers && suite.name === 'web SDK')) continue;
  const total = totals.get(suite.name) ?? { passed: 0, failed: 0 };
  total.passed += number(line, 'passed');
  total.failed += number(line, 'failed') + number(line, 'timed out');
  totals.set(suite.name, total);
}
const sum = { passed: 0, failed: 0 };
for (const [name, { passed, failed }] of totals) {
  console.log(`${name}: ${passed} passed, ${failed} failed`);
  sum.passed += passed;
  sum.failed += failed;
}
console.log(`${sum.passed} passed, ${sum.failed} failed`);
