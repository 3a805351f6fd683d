/** What the integration page offers is copied from the page and run as it is: the web's in browsers, the servers' by theirs. */

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { atChromium } from '../../people/chromium.ts';
import type { Visitor } from '../../people/member.ts';
import type { Person } from '../../people/person.ts';
import { accountIn, signUp, stage } from './stage.ts';

const scene = stage('dashboard-snippets');
const MEMBER = { name: 'Anita Rao', account: 'Acme Sweets', email: 'anita@acme.example', password: 'correct horse battery' };
const [ANITA, RAVI] = ['anita_7', 'ravi_22'];

const cleanUp: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step();
});

describe('web', () => {
  test.each(['Signed Call', 'Direct Call', 'Classic script'])('%s: one page calls the other', async title => {
    const member = await arrives();
    await callsBetween(await Promise.all([ANITA, RAVI].map(cuid => snippet(member, 'web', title, cuid))));
  }, 90_000);

  test('with user tokens, which the account requires and the Node snippet makes', async () => {
    const member = await arrives();
    await member.page.goto(`/a/${accountIn(member.page.url())}/tokens`);
    await member.page.getByRole('switch', { name: 'Require user tokens' }).click();
    await member.page.getByRole('button', { name: 'Save' }).click();
    await expect.poll(async () => (await settings(member)).access.requireUserTokens).toBe(true);

    const refused = await atSite(await snippet(member, 'web', 'Signed Call', ANITA));
    await refused.tab.sees('ERR_TOKEN_REQUIRED');

    const maker = await snippet(member, 'server', 'A user token with Node', ANITA);
    const environment = { TRING_TOKEN_SECRET: await tokenSecret(member) };
    const pages = await Promise.all([ANITA, RAVI].map(cuid => snippet(member, 'web', 'With user tokens', cuid)));
    await callsBetween(pages, cuid => run('node', 'user-token.mjs', maker, environment, cuid));
  }, 90_000);
});

describe('server', () => {
  test('user tokens are good for signing in, whoever makes them', async () => {
    const member = await arrives();
    const environment = { TRING_TOKEN_SECRET: await tokenSecret(member), TRING_SECRET_KEY: await secretKey(member) };
    for (const [title, program, file] of [
      ['A user token with Node', 'node', 'user-token.mjs'],
      ['A user token with Python', 'python3', 'user_token.py'],
      ['A user token by the REST API', 'sh', 'user-token.sh'],
    ] as const) {
      const printed = run(program, file, await snippet(member, 'server', title, ANITA), environment);
      const token = printed.startsWith('{') ? (JSON.parse(printed) as { token: string }).token : printed.trim();
      const verdict = await ask<{ accepted: boolean; claims: string }>(member, 'POST', 'tokens/check', { token });
      expect(verdict, title).toMatchObject({ accepted: true });
      expect(JSON.parse(verdict.claims), title).toMatchObject({ sub: ANITA });
    }
  }, 60_000);

  test('lists of calls say what the log says', async () => {
    const member = await arrives();
    const environment = { TRING_SECRET_KEY: await secretKey(member) };
    const { items } = await ask<{ items: { caller: string; status: string }[] }>(member, 'GET', 'calls');
    for (const [title, program, file] of [
      ['Calls of a week with Node', 'node', 'list-calls.mjs'],
      ['Calls of a week with Python', 'python3', 'list_calls.py'],
    ] as const) {
      const lines = run(program, file, await snippet(member, 'server', title, ANITA), environment).trim().split('\n');
      expect(lines.map(line => line.split(' ')[1]), title).toEqual(items.map(({ caller }) => caller));
    }
    const missed = JSON.parse(run('sh', 'list-calls.sh', await snippet(member, 'server', 'Missed calls with curl', ANITA), environment));
    expect((missed as { items: unknown[] }).items).toEqual(items.filter(({ status }) => status === 'missed'));
  }, 60_000);
});

let known: string | undefined;

/** The same member in each test; the first of them signs up. */
async function arrives(): Promise<Visitor> {
  const member = await scene.visits();
  if (known === undefined) known = await signUp(member, MEMBER);
  else {
    const { status } = await member.page.request.post('/v1/sign-in', {
      data: { email: MEMBER.email, password: MEMBER.password }, headers: { 'sec-fetch-site': 'same-origin' },
    }).then(answer => ({ status: answer.status() }));
    expect(status).toBe(200);
    await member.page.goto(`/a/${known}/start`);
  }
  return member;
}

/** What the page shows for the user `cuid`, as its copy button takes it. */
async function snippet({ page }: Visitor, platform: string, title: string, cuid: string): Promise<string> {
  const tab = await page.context().newPage();
  await tab.goto(`/a/${known}/integration?platform=${platform}`);
  await tab.getByRole('textbox', { name: 'User', exact: true }).fill(cuid);
  await tab.getByRole('button', { name: `Copy the snippet ${title}` }).or(
    tab.getByRole('region', { name: title, exact: true }).getByRole('button', { name: 'Copy' })).first().click();
  const text = await tab.evaluate(() => navigator.clipboard.readText());
  await tab.close();
  return text;
}

/** Two visitors of the two pages call each other. */
async function callsBetween([calling, called]: string[], token?: (cuid: string) => string): Promise<void> {
  const callee = await atSite(called!, token && (() => token(RAVI!)));
  const caller = await atSite(calling!, token && (() => token(ANITA!)));
  for (const { tab } of [caller, callee]) await tab.sees('Signed in as');
  await caller.tab.click('Call');
  await callee.tab.click('Answer');
  await caller.tab.seesButton('Hang up');
  await callee.tab.seesButton('Mute');
  await callee.tab.evaluate(() => {
    const host = document.getElementById('sc-sdk');
    host?.shadowRoot?.querySelector<HTMLElement>('.hang-up')?.click();
  });
  await caller.tab.sees('The call is over.');
}

/** Somebody opens the snippet on a web site of the integrator's own. */
async function atSite(html: string, token?: () => string): Promise<Person> {
  const server = createServer((request, response) => {
    if (request.method === 'POST' && request.url === '/call-token' && token) response.end(token().trim());
    else if (request.url === '/') response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(html);
    else response.writeHead(204).end();
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const person = await atChromium({ name: 'visitor' });
  cleanUp.push(async () => {
    await person.leave();
    server.close();
    server.closeAllConnections();
  });
  await person.tab.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  return person;
}

function run(program: string, file: string, text: string, environment: Record<string, string>, ...more: string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'tring-snippet-'));
  try {
    writeFileSync(join(folder, file), text);
    return execFileSync(program, [join(folder, file), ...more], { encoding: 'utf8', env: { ...process.env, ...environment } });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Asks the account's interface as the dashboard does. */
function ask<Answer>({ page }: Visitor, method: string, path: string, body?: unknown): Promise<Answer> {
  return page.evaluate(async ({ address, method, body }) => {
    const answer = await fetch(address, {
      method, headers: { 'content-type': 'application/json' }, ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${method} ${address}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  }, { address: `/v1/accounts/${known}/${path}`, method, body }) as Promise<Answer>;
}

async function settings(member: Visitor): Promise<{ access: { requireUserTokens: boolean } }> {
  return ask(member, 'GET', 'settings');
}

async function tokenSecret(member: Visitor): Promise<string> {
  const [first] = await ask<{ secretId: string }[]>(member, 'GET', 'token-secrets');
  const { secret } = await ask<{ secret: string }>(member, 'POST', `token-secrets/${first!.secretId}/reveal`, {});
  return secret;
}

async function secretKey(member: Visitor): Promise<string> {
  return (await ask<{ secret: string }>(member, 'POST', 'secret-keys', { name: 'Backend' })).secret;
}
