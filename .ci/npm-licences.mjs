// Fails when a package in a package-lock has a licence that does not suit Apache-2.0. Cargo's side is cargo-deny's.
import { readFileSync } from 'node:fs';

const SUITS = new Set([
  'MIT', 'MIT-0', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', '0BSD', 'ISC', 'Zlib', 'BlueOak-1.0.0', 'CC0-1.0', 'Unlicense',
  'Python-2.0', 'CC-BY-4.0',
  // File-level copyleft: suits an unmodified development tool, and nothing of it is shipped.
  'MPL-2.0',
]);

/** Whether an SPDX expression can be met by licences that suit. */
function suits(expression) {
  const alternatives = expression.replace(/[()]/g, '').split(/\s+OR\s+/i);
  return alternatives.some(alternative => alternative.split(/\s+AND\s+/i).every(licence => SUITS.has(licence.trim())));
}

let count = 0;
const refused = [];
for (const file of process.argv.slice(2)) {
  for (const [path, entry] of Object.entries(JSON.parse(readFileSync(file, 'utf8')).packages)) {
    if (entry.link) continue;
    if (entry.resolved) refused.push(`${file}: ${path} names a registry; install with omit-lockfile-registry-resolved`);
    if (!path.includes('node_modules/')) continue;
    count++;
    if (!suits(entry.license ?? 'none')) refused.push(`${file}: ${path} has the licence ${entry.license ?? '(none)'}`);
    // What runs in somebody's page or server is not a development dependency.
    if (!entry.dev && !entry.devOptional && !entry.optional && !entry.peer) refused.push(`${file}: ${path} is a run-time dependency`);
  }
}
for (const line of refused) console.error(line);
if (refused.length > 0) process.exit(1);
console.log(`npm licences: ${count} packages suit`);
