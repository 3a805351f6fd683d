// Fails when a file under deploy/ names something that is not there: a key, a flag, a port, a path, a target of the
// Makefile, a file to copy, an address of the health check; or when it asks for other versions than the rest of the tree.
// What only systemd or Docker can say is asked of systemd where it is installed; Docker is not run.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const read = path => readFileSync(path, 'utf8');
const manual = read('crates/server/src/config/config.default.toml');
const service = read('deploy/tring.service');
const dockerfile = read('deploy/Dockerfile');
const compose = read('deploy/compose.yaml');
const readme = read('deploy/README.md');
const everything = { 'tring.service': service, Dockerfile: dockerfile, 'compose.yaml': compose, 'README.md': readme };

const faults = [];
let checked = 0;
function check(holds, fault) {
  checked += 1;
  if (!holds) faults.push(fault);
}

/** Keys and values of a TOML file with tables of one level, which is all that the configuration has. */
function keysOf(toml) {
  const keys = new Map();
  let table = '';
  for (const line of toml.split('\n')) {
    const header = /^\[(\w+)\]/.exec(line);
    const pair = /^(\w+)\s*=\s*(.*?)\s*$/.exec(line);
    if (header) table = `${header[1]}.`;
    if (pair) keys.set(table + pair[1], pair[2]);
  }
  return keys;
}

/** A length of time in seconds, as the configuration, systemd and Compose write it. */
function seconds(text) {
  const [, number, unit] = /(\d+)\s*(ms|s|min|m|h)/.exec(text) ?? [];
  return number * { ms: 0.001, s: 1, min: 60, m: 60, h: 3600 }[unit];
}

const keys = keysOf(manual);
const text = key => keys.get(key).replace(/[[\]"]/g, '');
const port = key => /:(\d+)$/.exec(text(key))[1];

// Keys, in the example and in the environment.
for (const key of keysOf(read('deploy/tring.toml')).keys()) check(keys.has(key), `deploy/tring.toml: no key ${key}`);
for (const [file, words] of Object.entries(everything)) {
  for (const [name, path] of words.matchAll(/\bTRING__([A-Z_]+)/g)) {
    check(keys.has(path.toLowerCase().replaceAll('__', '.')), `deploy/${file}: no key for ${name}`);
  }
}

// Commands and flags.
const options = 'crates/tring/src/args';
const args = readdirSync(options).map(file => read(join(options, file))).join('\n');
const kebab = name => name.replace(/(?<=[a-z])([A-Z])/g, '-$1').toLowerCase();
const commands = new Map([...args.slice(args.indexOf('enum Command ')).split('\n}')[0].matchAll(/^ {4}(\w+)(?:\((?:Box<)?(\w+))?/gm)]
  .map(([, name, of]) => [kebab(name), of]));
const flagsOf = type => {
  const at = args.search(new RegExp(`(struct|enum) ${type}\\b`));
  const body = args.slice(at, args.indexOf('\n}\n', at));
  const own = [...body.matchAll(/#\[arg\([^\]]*?\blong\b[\s\S]*?\]\s*pub\(crate\) (\w+)/g)].map(([, name]) => name.replaceAll('_', '-'));
  const inner = body.matchAll(/#\[command\(flatten\)\]\s*pub\(crate\) \w+: (?:Box<)?(\w+)/g);
  return [...own, ...[...inner].flatMap(([, name]) => flagsOf(name))];
};
for (const [file, words] of Object.entries(everything)) {
  for (const [, command, rest] of words.matchAll(/^(?:ExecStart=|\s*)(?:sudo )?\S*\btring ([a-z-]+)((?: \S+)*)$/gm)) {
    check(commands.has(command), `deploy/${file}: no command tring ${command}`);
    const flags = flagsOf(commands.get(command));
    for (const [, flag] of rest.matchAll(/--([a-z-]+)/g)) check(flags.includes(flag), `deploy/${file}: tring ${command} has no --${flag}`);
  }
}

// Waiting for running calls.
const drain = seconds(text('drain'));
for (const [file, found] of [
  ['tring.service', /^TimeoutStopSec=(.+)$/m.exec(service)], ['compose.yaml', /stop_grace_period: (.+)$/m.exec(compose)],
]) check(found && seconds(found[1]) > drain, `deploy/${file}: stops before \`drain\` (${text('drain')}) is over`);

// Paths.
const state = /^StateDirectory=(\w+)$/m.exec(service)?.[1];
check(service.includes(`--data /var/lib/${state}\n`), 'deploy/tring.service: --data is not its StateDirectory');
const configuration = /^ConfigurationDirectory=(\w+)$/m.exec(service)?.[1];
check(service.includes(`--config /etc/${configuration}/tring.toml`), 'deploy/tring.service: --config is not in its ConfigurationDirectory');
const data = /TRING__DATA=(\S+)/.exec(dockerfile)?.[1];
check(new RegExp(`^VOLUME ${data}$`, 'm').test(dockerfile), 'deploy/Dockerfile: TRING__DATA is no volume');
check(compose.includes(`data:${data}`), `deploy/compose.yaml: nothing is kept of ${data}`);
check(/^USER (?!root|0)\w+$/m.test(dockerfile), 'deploy/Dockerfile: runs as root');

// Ports.
const [http, audio] = [port('http.listen'), port('relay.listen')];
const exposed = /^EXPOSE (.+)$/m.exec(dockerfile)?.[1].split(' ') ?? [];
const expected = [`${http}/tcp`, `${audio}/udp`, `${audio}/tcp`];
check(String(exposed) === String(expected), `deploy/Dockerfile: exposes ${exposed}, the program listens on ${expected}`);
for (const one of expected) check(compose.includes(`:${one}"`), `deploy/compose.yaml: ${one} is not published`);
const figures = /TRING__METRICS__LISTEN=\S*:(\d+)/.exec(dockerfile)?.[1];
const asked = /\/dev\/tcp\/127\.0\.0\.1\/(\d+).*GET (\S+) HTTP/.exec(dockerfile);
check(asked?.[1] === figures, 'deploy/Dockerfile: the health check asks elsewhere than where figures are served');
check(read('crates/server/src/http/mod.rs').includes(`.route("${asked?.[2]}"`), `deploy/Dockerfile: nothing is served at ${asked?.[2]}`);

// The image is built of what is there, by what the rest of the tree is built by.
const stages = new Set([...dockerfile.matchAll(/^FROM \S+ AS (\w+)$/gm)].map(([, name]) => name));
for (const [, from, sources] of dockerfile.matchAll(/^COPY (?:--from=(\w+) )?(.+) \S+$/gm)) {
  if (from) check(stages.has(from), `deploy/Dockerfile: no stage ${from}`);
  else for (const source of sources.split(' ')) check(existsSync(source), `deploy/Dockerfile: no ${source} to copy`);
}
const rust = /^rust-version = "(.+)"$/m.exec(read('Cargo.toml'))?.[1];
check(dockerfile.includes(`FROM rust:${rust}-`), `deploy/Dockerfile: not built by Rust ${rust}, as Cargo.toml says`);
for (const project of ['sdk/web', 'dashboard']) {
  const least = /\d+/.exec(JSON.parse(read(`${project}/package.json`)).engines.node)[0];
  check(Number(/^FROM node:(\d+)/m.exec(dockerfile)?.[1]) >= Number(least), `deploy/Dockerfile: ${project} needs Node ${least}`);
}
const made = /\bmake (\S+)/.exec(dockerfile.replace(/^#.*$/gm, ''))?.[1];
check(spawnSync('make', ['--dry-run', made], { stdio: 'ignore' }).status === 0, `deploy/Dockerfile: the Makefile cannot make ${made}`);
check(dockerfile.includes(`cp ${made} `), `deploy/Dockerfile: what is made is not what is copied`);

// What the page on deployment points at.
for (const [, path] of readme.matchAll(/`((?:deploy|\.ci)\/[\w./-]+)`/g)) check(existsSync(path), `deploy/README.md: no ${path}`);
for (const key of [...readme.matchAll(/`((?:http|tls|acme|relay|metrics|traces|dashboard|secrets)\.\w+)`/g)].map(([, key]) => key)) {
  check(keys.has(key), `deploy/README.md: no key ${key}`);
}

// A unit that systemd does not understand is ignored line by line; it says so here, of a program that exists.
const systemd = spawnSync('systemd-analyze', ['--version'], { stdio: 'ignore' }).status === 0;
if (systemd) {
  const directory = mkdtempSync(join(tmpdir(), 'unit-'));
  const unit = join(directory, 'tring.service');
  writeFileSync(unit, service.replace('/usr/local/bin/tring', process.execPath));
  const verified = spawnSync('systemd-analyze', ['verify', '--man=no', unit], { encoding: 'utf8' });
  const complaints = verified.stderr.split('\n').filter(line => line.includes('tring.service'));
  check(verified.status === 0 && complaints.length === 0, `deploy/tring.service: ${complaints.join('; ') || verified.stderr}`);
  rmSync(directory, { recursive: true });
}
for (const fault of faults) console.error(fault);
if (faults.length > 0) process.exit(1);
console.log(`deploy: ${checked} checks passed${systemd ? '' : ', systemd-analyze is not here'}`);
