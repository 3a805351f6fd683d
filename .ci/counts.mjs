// Adds up the counts that the suites print, from a log; the last line is what a reader of a long log looks for.
import { readFileSync } from 'node:fs';

const ESCAPES = /\u001b\[[0-9;]*m/g;
const lines = readFileSync(process.argv[2], 'utf8').replace(ESCAPES, '').split('\n');

/** One runner for three projects; it names the folder when it begins. The browser tests print a line of their own. */
const VITEST = 'vitest';
const PROJECTS = { web: 'web SDK', dashboard: 'dashboard', e2e: null };

/** Each suite's own way to say how it went. */
const SUITES = [
  { name: 'Rust', line: /^\s*Summary \[.*tests? run: / },
  { name: 'Rust', line: /^test result: (ok|FAILED)\. / },
  { name: VITEST, line: /^\s*Tests\s+\d+ (passed|failed)/ },
  { name: 'browsers', line: /^e2e: / },
  { name: 'HTTP interface', line: /^api: / },
  { name: 'soak', line: /^soak: / },
  { name: 'fuzz targets', line: /^fuzz: / },
];

const number = (line, word) => Number(new RegExp(`(\\d+) (?:tests? )?${word}`).exec(line)?.[1] ?? 0);
const totals = new Map();
let project = null;
for (const line of lines) {
  const begun = /RUN .*\/(\w+)$/.exec(line)?.[1];
  if (begun) project = PROJECTS[begun] ?? null;
  const suite = SUITES.find(candidate => candidate.line.test(line));
  const name = suite?.name === VITEST ? project : suite?.name;
  if (!name) continue;
  const total = totals.get(name) ?? { passed: 0, failed: 0, skipped: 0, flaky: 0 };
  total.passed += number(line, 'passed');
  total.failed += number(line, 'failed') + number(line, 'timed out');
  total.skipped += number(line, 'skipped');
  total.flaky += number(line, 'flaky');
  totals.set(name, total);
}
const sum = { passed: 0, failed: 0, skipped: 0, flaky: 0 };
// What a machine cannot do is no failure, and is not passed over in silence either; nor is what passed at its second try.
const words = ({ passed, failed, skipped, flaky }) => {
  const more = [skipped && `${skipped} skipped`, flaky && `${flaky} of those that passed flaky`].filter(Boolean);
  return [`${passed} passed`, `${failed} failed`, ...more].join(', ');
};
for (const [name, total] of totals) {
  console.log(`${name}: ${words(total)}`);
  for (const outcome of Object.keys(sum)) sum[outcome] += total[outcome];
}
console.log(words(sum));
