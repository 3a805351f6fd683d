/** Who may work on an account, how they get in, and what the pages say when they do not. */

import { beforeAll, describe, expect, test } from 'vitest';
import type { Locator } from 'playwright-core';
import type { Visitor } from '../../people/member.ts';
import { until } from '../../until.ts';
import { accountIn, goTo, signIn, signUp, stage } from './stage.ts';

const scene = stage('dashboard-members');
const ANITA = { name: 'Anita Rao', account: 'Acme Sweets', email: 'anita@acme.example', password: 'correct horse battery' };
const RAVI = { name: 'Ravi Kumar', email: 'ravi@acme.example', password: 'blue gate at noon' };

/** The account that Anita makes before all else; on this server nobody else can. */
let account = '';

describe('somebody who has an account', () => {
  beforeAll(async () => {
    const anita = await scene.visits();
    account = await signUp(anita, ANITA);
    await anita.leave();
  });

  test('invites a colleague, who sees, then changes, then is gone', { timeout: 120_000 }, async () => {
    scene.tolerate(/40[34] /);
    const anita = await scene.visits();
    await signIn(anita, ANITA);
    const link = await invite(anita, 'Viewer');

    const ravi = await scene.visits();
    await ravi.page.goto(link);
    await ravi.page.getByRole('heading', { level: 1, name: 'Join Acme Sweets' }).waitFor();
    await ravi.page.getByText('Anita Rao invites you to work on this account as viewer.').waitFor();
    await ravi.page.getByLabel('Your name').fill(RAVI.name);
    await ravi.page.getByLabel('Email').fill(RAVI.email);
    await ravi.page.getByRole('textbox', { name: 'Password' }).fill(RAVI.password);
    await ravi.page.getByRole('button', { name: 'Sign up and join' }).click();
    await ravi.page.getByRole('heading', { level: 1, name: 'Statistics' }).waitFor();
    expect(accountIn(ravi.page.url())).toBe(account);

    await seesOnly(ravi);

    await goTo(anita, 'Members');
    await anita.page.reload();
    await choose(anita, 'Role of Ravi Kumar', 'Admin');
    await anita.page.getByText('Ravi Kumar is admin now.').waitFor();
    await ravi.page.reload();
    await goTo(ravi, 'Keys');
    await ravi.page.getByRole('button', { name: 'New apikey' }).waitFor();
    await ravi.page.getByRole('button', { name: 'New secret key' }).waitFor();
    await goTo(ravi, 'Settings');
    await ravi.page.getByRole('button', { name: 'Save' }).first().waitFor();
    await expectNone(ravi.page.getByRole('button', { name: 'Delete the account' }), 'which is the owner’s');

    await anita.page.getByRole('button', { name: 'Remove Ravi Kumar' }).click();
    await anita.page.getByRole('dialog').getByRole('button', { name: 'Remove the member' }).click();
    await anita.page.getByText(RAVI.email).waitFor({ state: 'hidden' });

    // The page that he has open still is refused, and after a reload the account is one that he does not know.
    await ravi.page.getByLabel('Name of the account').fill('Ravi’s own');
    await ravi.page.getByRole('region', { name: 'Name' }).getByRole('button', { name: 'Save' }).click();
    await ravi.page.getByRole('alert').waitFor();
    await ravi.page.reload();
    await ravi.page.getByRole('heading', { level: 1, name: 'There is no such page' }).waitFor();
    await ravi.page.getByText('the account may not be one of yours').waitFor();
    await ravi.page.getByRole('link', { name: 'To the dashboard' }).click();
    await ravi.page.getByRole('heading', { level: 1, name: 'You are in no account' }).waitFor();
  });

  test('an invitation is followed once, by whom it is for, until it is withdrawn', { timeout: 90_000 }, async () => {
    scene.tolerate(/4(00|01|03|04|09|10|22) /);
    const anita = await scene.visits();
    await signIn(anita, ANITA);

    const mine = await invite(anita, 'Viewer', 'meera@acme.example');
    await anita.page.goto(mine);
    await anita.page.getByText('The invitation is for meera@acme.example alone.').waitFor();
    expect(await anita.page.getByRole('button', { name: 'Join' }).getAttribute('aria-disabled')).toBe('true');

    const meera = await scene.visits();
    await meera.page.goto(mine);
    expect(await meera.page.getByLabel('Email').inputValue()).toBe('meera@acme.example');
    await meera.page.getByLabel('Your name').fill('Meera Nair');
    await meera.page.getByRole('textbox', { name: 'Password' }).fill('gold sari at dawn');
    await meera.page.getByRole('button', { name: 'Sign up and join' }).click();
    await meera.page.getByRole('heading', { level: 1, name: 'Statistics' }).waitFor();
    await meera.page.goto(mine);
    await cannotFollow(meera);

    const other = await invite(anita, 'Viewer', 'late@acme.example');
    await anita.page.getByRole('button', { name: 'Withdraw the invitation for late@acme.example' }).click();
    await anita.page.getByRole('dialog').getByRole('button', { name: 'Withdraw it' }).click();
    await anita.page.getByText('No invitation is open').waitFor();
    const late = await scene.visits();
    await late.page.goto(other);
    await cannotFollow(late);
    await late.page.goto('/join/nonsense');
    await cannotFollow(late);
  });

  test('a taken address and a closed sign-up say so', { timeout: 60_000 }, async () => {
    scene.tolerate(/4(01|09|22) /);
    const anita = await scene.visits();
    await signIn(anita, ANITA);
    const link = await invite(anita, 'Viewer');
    const stranger = await scene.visits();
    await stranger.page.goto(link);
    await stranger.page.getByLabel('Your name').fill('Another Anita');
    await stranger.page.getByLabel('Email').fill(ANITA.email);
    await stranger.page.getByRole('textbox', { name: 'Password' }).fill('correct horse battery');
    await stranger.page.getByRole('button', { name: 'Sign up and join' }).click();
    await stranger.page.getByText(/already|taken|is a member/i).first().waitFor();
    await stranger.page.goto('/sign-up');
    await stranger.page.getByRole('heading', { level: 1, name: 'Sign-up is closed' }).waitFor();
    await stranger.page.getByText('Ask an admin of the account').waitFor();
  });

  test('a forgotten password is set anew by the link in the log, once', { timeout: 90_000 }, async () => {
    scene.tolerate(/4(00|01|10|22) /);
    const anita = await scene.visits();
    const { page } = anita;
    await page.goto('/sign-in');
    await page.getByLabel('Email').fill(ANITA.email);
    await page.getByRole('textbox', { name: 'Password' }).fill('not what it was');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('alert').getByText(/password/i).waitFor();
    await page.getByRole('link', { name: 'Forgotten your password?' }).click();
    await page.getByRole('heading', { level: 1, name: 'Forgotten password' }).waitFor();
    await page.getByLabel('Email').fill(ANITA.email);
    await page.getByRole('button', { name: 'Get the link' }).click();
    await page.getByText('This server sends no mail: the link is in its log.').waitFor();
    const link = await until('the link is in the log', () => /https?:\/\/[^\s"]+\/reset\/[A-Za-z0-9_-]+/.exec(scene.tring.log())?.[0]);

    ANITA.password = 'another horse entirely';
    await page.goto(link);
    await page.getByRole('textbox', { name: 'New password' }).fill('short');
    await page.getByRole('button', { name: 'Set the password' }).click();
    await saysAt(page.getByRole('textbox', { name: 'New password' }), 'A password has at least ten characters.');
    await page.getByRole('textbox', { name: 'New password' }).fill(ANITA.password);
    await page.getByRole('button', { name: 'Set the password' }).click();
    await page.getByText('Your new password is set. Sign in with it.').waitFor();
    await signIn(anita, ANITA);

    await page.goto(link);
    await page.getByRole('textbox', { name: 'New password' }).fill('a third horse at last');
    await page.getByRole('button', { name: 'Set the password' }).click();
    await page.getByRole('alert').waitFor();
    await page.getByRole('link', { name: 'Get another link' }).waitFor();
  });

  test('what is wrong in a form is said at its field', { timeout: 120_000 }, async () => {
    const anita = await scene.visits();
    await signIn(anita, ANITA);
    const { page } = anita;
    const save = (region: string) => page.getByRole('region', { name: region, exact: true }).getByRole('button', { name: 'Save' }).click();

    await goTo(anita, 'Settings');
    for (const [region, label, wrong, said] of [
      ['Name', 'Name of the account', '', 'Enter a name.'],
      ['Calls', 'Ring timeout', '1', 'Enter 2 to 120 seconds.'],
      ['Calls', 'Connect timeout', '61', 'Enter 2 to 60 seconds.'],
      ['Calls', 'Longest call', '0', 'Enter 1 to 240 minutes.'],
      ['Web pages', 'Allowed origins', 'https://shop.example/checkout', 'https://shop.example/checkout is no origin.'],
      ['Data retention', 'Keep calls for', '0', 'Enter 1 to 3,650 days.'],
    ] as const) {
      const field = page.getByLabel(label);
      await field.fill(wrong);
      await save(region);
      await saysAt(field, said);
      // Of several wrong fields of one form the first would get the focus.
      await page.reload();
    }
    await goTo(anita, 'User tokens');
    await page.getByLabel('JWKS URL').fill('keys.example');
    await save('Whom to trust');
    await saysAt(page.getByLabel('JWKS URL'), 'Enter an address that begins with https://.');

    await goTo(anita, 'Keys');
    await page.getByRole('button', { name: 'New apikey' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Make the key' }).click();
    await saysAt(page.getByRole('dialog').getByLabel('Name'), 'Enter a name.');
    await page.keyboard.press('Escape');

    await goTo(anita, 'Members');
    await page.getByRole('button', { name: 'Invite somebody' }).click();
    await page.getByRole('dialog').getByLabel('Email').fill('meera at acme');
    await page.getByRole('dialog').getByRole('button', { name: 'Get the link' }).click();
    await saysAt(page.getByRole('dialog').getByLabel('Email'), 'This is no email address.');
    await page.keyboard.press('Escape');
  });

  test('what only the server can find wrong is said at its field too', { timeout: 60_000 }, async () => {
    scene.tolerate(/4(00|22) /);
    const anita = await scene.visits();
    await signIn(anita, ANITA);
    const { page } = anita;
    await goTo(anita, 'User tokens');
    const address = page.getByLabel('JWKS URL');
    await address.fill('http://192.168.0.1/keys.json');
    await page.getByRole('region', { name: 'Whom to trust' }).getByRole('button', { name: 'Save' }).click();
    await saysAt(address, /https/);
  });
});

/** Makes a link by the page and reads it off. */
async function invite({ page }: Visitor, role: string, email = ''): Promise<string> {
  await page.goto(`/a/${account}/members`);
  await page.getByRole('button', { name: 'Invite somebody' }).click();
  const form = page.getByRole('dialog', { name: 'Invite somebody' });
  await form.getByLabel('Email').fill(email);
  await form.getByRole('radio', { name: role }).check();
  await form.getByRole('button', { name: 'Get the link' }).click();
  const shown = page.getByRole('dialog', { name: 'The invitation link' });
  const link = (await shown.getByText(/\/join\//).textContent())?.trim() ?? '';
  await shown.getByRole('button', { name: 'I have kept it' }).click();
  await shown.waitFor({ state: 'hidden' });
  return link;
}

/** A viewer finds everything that there is to see and nothing to change it with. */
async function seesOnly(viewer: Visitor): Promise<void> {
  const { page } = viewer;
  const pages: Record<string, string[]> = {
    Settings: ['Save', 'Delete the account'],
    Branding: ['Save', 'Discard'],
    Keys: ['New apikey', 'New secret key'],
    'User tokens': ['Save'],
    Members: ['Invite somebody', 'Remove Anita Rao'],
  };
  for (const [label, buttons] of Object.entries(pages)) {
    await goTo(viewer, label);
    await page.getByRole('heading', { level: 1, name: label }).waitFor();
    await page.waitForFunction(() => document.querySelector('main [aria-busy="true"]') === null);
    for (const name of buttons) await expectNone(page.getByRole('button', { name }), label);
  }
  await expectNone(page.getByRole('link', { name: 'Audit log' }), 'which admins read');
}

async function cannotFollow({ page }: Visitor): Promise<void> {
  await page.getByRole('heading', { level: 1, name: 'This invitation cannot be followed' }).waitFor();
  await page.getByText('Ask for another one.').waitFor();
}

/** Picks from a list as a person does: opens it and takes the line. */
async function choose({ page }: Visitor, label: string, value: string): Promise<void> {
  await page.getByRole('combobox', { name: label }).or(page.getByRole('textbox', { name: label })).first().click();
  await page.getByRole('option', { name: value, exact: true }).click();
}

/** The field is marked as wrong, has the focus, and what describes it says why. */
async function saysAt(field: Locator, wanted: string | RegExp): Promise<void> {
  await until('the field is marked as wrong', async () => await field.getAttribute('aria-invalid') === 'true');
  const said = await field.evaluate(element => (element.getAttribute('aria-describedby') ?? '').split(' ')
    .map(id => document.getElementById(id)?.textContent ?? '').join(' '));
  expect(said).toMatch(typeof wanted === 'string' ? new RegExp(wanted.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')) : wanted);
  await until('the field has the focus', () => field.evaluate(element => document.activeElement === element));
}

async function expectNone(wanted: Locator, where: string): Promise<void> {
  expect(await wanted.count(), `${wanted} on ${where}`).toBe(0);
}
