// Fails when a source file has outgrown its reader: 600 lines without its tests.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

const MOST = 600;
const SOURCE = /\.(rs|tsx?|js|mjs|css|html)$/;
const NOT_COUNTED = /(^|\/)(tests?|generated|benches)(\/|\.rs$)|\.test\.tsx?$/;

/** Lines up to a trailing `mod tests { … }`, which rustfmt puts at the start of a line. */
function linesWithoutTests(text) {
  const lines = text.trimEnd().split('\n');
  const tests = lines.findIndex((line, i) => line === 'mod tests {' && /^#\[cfg\((all\()?test/.test(lines[i - 1] ?? ''));
  return tests < 0 ? lines.length : tests - 1;
}

const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { encoding: 'utf8' })
  .split('\n')
  .filter(file => SOURCE.test(file) && !NOT_COUNTED.test(file) && existsSync(file));
const sizes = files.map(file => ({ file, lines: linesWithoutTests(readFileSync(file, 'utf8')) }));
const tooLong = sizes.filter(({ lines }) => lines > MOST);
for (const { file, lines } of tooLong) console.error(`${file}: ${lines} lines; past ${MOST} it is two things`);
if (tooLong.length > 0) process.exit(1);
const longest = sizes.reduce((a, b) => (a.lines > b.lines ? a : b));
console.log(`file sizes: ${files.length} source files, the longest ${longest.file} with ${longest.lines} lines`);
