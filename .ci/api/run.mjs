// Asks the real server everything that its OpenAPI description says can be asked, and much that it says cannot, and
// holds each answer to the description: no 5xx, only statuses, kinds of content and fields that it names.
//
// Twice: as a backend with a secret key, and as the dashboard with the session of the account's owner. The directory of
// the database is thrown away, the port is free, and the seed is fixed.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const [tring, schemathesis] = process.argv.slice(2);
/** Seconds of each of the two runs. Higher: rarer inputs are met. */
const SECONDS = Number(process.env.API_SECONDS ?? 50);
const SEED = 20261121;
const CHECKS = [
  'not_a_server_error', 'status_code_conformance', 'content_type_conformance', 'response_headers_conformance',
  'response_schema_conformance', 'unsupported_method', 'allow_header_conformance',
];
/**
 * What would take away that with which is asked, and a stream, which does not end. The client learns from answers: it
 * found the demo's login in one of them and signed in with it, which ended the session that it had.
 */
const LEFT_OUT = {
  key: ['delete_account', 'watch'],
  session: ['delete_account', 'watch', 'sign_up', 'sign_in', 'sign_out'],
};

const directory = mkdtempSync(join(tmpdir(), 'tring-api-'));
// Something to be listed, shown and added up.
execFileSync(tring, ['demo', '--weeks', '1', '--data', directory], { stdio: 'inherit' });
const server = spawn(tring, ['serve', '--json', '--demo', '--listen', '127.0.0.1:0', '--relay', '127.0.0.1:0', '--data', directory], {
  env: {
    ...process.env,
    TRING__LOG: 'error',
    // As many as the client can: what is refused because it comes too often proves nothing.
    ...Object.fromEntries(['API', 'LOGIN'].flatMap(name => ['BURST', 'PER_MINUTE'].map(key => [`TRING__${name}__${key}`, '1000000']))),
  },
  stdio: ['ignore', 'pipe', 'inherit'],
});
let verdict = 1;
try {
  verdict = await prove();
} finally {
  const gone = new Promise(resolve => server.once('exit', resolve));
  server.kill('SIGTERM');
  await gone;
  rmSync(directory, { recursive: true });
}
process.exit(verdict);

async function prove() {
  const { http, demo } = await listening();
  const page = { origin: http, 'content-type': 'application/json' };
  const signedIn = await ask(`${http}/v1/sign-in`, page, demo.login);
  const cookie = signedIn.headers.getSetCookie()[0].split(';')[0];
  const made = await ask(`${http}/v1/accounts/${demo.accountId}/secret-keys`, { ...page, cookie }, { name: 'api' });
  const { secret } = await made.json();

  const account = `/v1/accounts/${demo.accountId}`;
  const log = await fetch(`${http}${account}/calls?limit=1`, { headers: { cookie, connection: 'close' } });
  const [{ callId, caller }] = (await log.json()).items;
  // To the client ids and days are texts like others; with these it gets behind the first door.
  const config = join(directory, 'schemathesis.toml');
  writeFileSync(config, `
[parameters]
"path.accountId" = "${demo.accountId}"
${[
    [`GET ${account}/statistics`, { 'query.from': daysAgo(6), 'query.to': daysAgo(0), 'query.zone': 'Asia/Kolkata' }],
    [`GET ${account}/calls/{callId}`, { 'path.callId': callId }],
    [`GET ${account}/users/{cuid}`, { 'path.cuid': caller }],
  ].map(([name, values]) => `
[[operations]]
include-name = "${name.replace(demo.accountId, '{accountId}')}"
[operations.parameters]
"path.accountId" = "${demo.accountId}"
${Object.entries(values).map(([key, value]) => `"${key}" = "${value}"`).join('\n')}`).join('\n')}
`);
  let [passed, failed] = [0, 0];
  for (const [name, headers] of Object.entries({
    key: [`Authorization: Bearer ${secret}`],
    session: [`Cookie: ${cookie}`, `Origin: ${http}`],
  })) {
    const report = join(directory, `${name}.json`);
    console.log(`api, with a ${name}:`);
    const client = spawn(schemathesis, [
      '--config-file', config, 'run', `${http}/v1/openapi.json`, '--no-color',
      ...headers.flatMap(header => ['-H', header]),
      ...LEFT_OUT[name].flatMap(operation => ['--exclude-operation-id', operation]),
      '--checks', CHECKS.join(','), '--seed', SEED, '--max-examples', 30, '--max-time', SECONDS, '--workers', 2,
      '--continue-on-failure',
      // Wrong keys and cookies are the authorisation matrix's; here they would hide what is behind the door.
      '--generation-with-security-parameters', 'false', '--generation-database', 'none', '--warnings', 'off',
      '--report', 'json', '--report-json-path', report,
    ].map(String), { stdio: ['ignore', 'inherit', 'inherit'] });
    const [status] = await once(client, 'exit');
    const told = JSON.parse(readFileSync(report, 'utf8'));
    const outcome = count(told);
    passed += outcome.passed;
    failed += outcome.failed + (status !== 0 && outcome.failed === 0 ? 1 : 0);
  }
  // What was asked with a session that had ended would all have been refused.
  const still = await fetch(`${http}/v1/me`, { headers: { cookie, connection: 'close' } });
  if (still.status === 200) passed += 1;
  else {
    console.log('the session did not outlive the run, so the run proves little');
    failed += 1;
  }
  console.log(`api: ${passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

/** How many operations kept to their description. */
function count({ operations, failures, errors }) {
  const broken = new Set(failures.flatMap(failure => failure.operations));
  const failed = broken.size + operations.errored + (errors.length > 0 && operations.errored === 0 ? 1 : 0);
  return { passed: operations.tested - broken.size, failed };
}

function daysAgo(days) {
  return new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10);
}

async function ask(address, headers, body) {
  const answer = await fetch(address, { method: 'POST', headers: { ...headers, connection: 'close' }, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${address}: ${answer.status} ${await answer.text()}`);
  return answer;
}

/** What the server says when it listens. */
async function listening() {
  for await (const line of createInterface({ input: server.stdout })) {
    const told = JSON.parse(line);
    if (told.event === 'listening') return told;
  }
  throw new Error('the server ended before it listened');
}
