// Fails when a crate depends on another one of ours in a way that docs/crate-graph.txt does not draw.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const PREFIX = 'tring-';
const short = name => (name.startsWith(PREFIX) ? name.slice(PREFIX.length) : name);

const metadata = JSON.parse(execFileSync('cargo', ['metadata', '--no-deps', '--locked', '--format-version', '1'], {
  encoding: 'utf8', maxBuffer: 64 * 1024 * 1024,
}));
const ours = new Set(metadata.packages.map(({ name }) => name));
const drawn = metadata.packages.flatMap(({ name, dependencies }) =>
  dependencies
    .filter(dependency => ours.has(dependency.name))
    .map(({ name: to, kind }) => `${short(name)} ${kind === 'dev' ? '(tests)' : '→'} ${short(to)}`));
const actual = new Set([...metadata.packages.map(({ name }) => short(name)), ...drawn]);

const expected = new Set(readFileSync('docs/crate-graph.txt', 'utf8')
  .split('\n')
  .map(line => line.replace(/#.*/, '').trim().replace(/\s+/g, ' '))
  .filter(Boolean));

const added = [...actual].filter(line => !expected.has(line));
const gone = [...expected].filter(line => !actual.has(line));
for (const line of added) console.error(`not in docs/crate-graph.txt: ${line}`);
for (const line of gone) console.error(`only in docs/crate-graph.txt: ${line}`);
if (added.length + gone.length > 0) process.exit(1);
console.log(`crate graph: ${ours.size} crates, ${drawn.length} arrows, as drawn`);
