// Fails when a file written by `make gen` is not what `make gen` writes. The files end up as generated either way, so
// that a second run passes and the difference is there to be committed.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const files = execFileSync('git', ['ls-files', '--', ':(attr:linguist-generated)'], { encoding: 'utf8' }).split('\n').filter(Boolean);
if (files.length === 0) throw new Error('.gitattributes names no generated file');
const read = () => files.map(file => readFileSync(file, 'utf8'));

const before = read();
execFileSync('make', ['--no-print-directory', 'gen'], { stdio: ['ignore', 'ignore', 'inherit'] });
const after = read();
const stale = files.filter((_, i) => before[i] !== after[i]);
for (const file of stale) console.error(`${file} was not up to date; \`make gen\` has written it now`);
if (stale.length > 0) process.exit(1);
console.log(`generated files: ${files.length}, all up to date`);
