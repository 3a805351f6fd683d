/** A server with its dashboard, and members who arrive at it. A page that complains fails its test. */

import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { atDashboard, type Desk, type Visitor } from '../../people/member.ts';
import { startTring, type Tring } from '../../tring/server.ts';

/** How a page learns that nobody is signed in; the browser writes every such answer on the console. */
const NOBODY = /401 \(Unauthorized\).*\/v1\/me\)/;

/** Where one test file plays. */
export interface Stage {
  tring: Tring;
  /** Somebody opens a browser of their own. */
  visits(desk?: Omit<Desk, 'origin'>): Promise<Visitor>;
  /** This test makes pages complain like this, and that is right. */
  tolerate(complaint: RegExp): void;
}

/** Sets the stage for the file `name`; `flags` are those of `tring serve`, `prepare` runs before the first test. */
export function stage(name: string, flags: string[] = [], prepare?: (tring: Tring) => void | Promise<void>): Stage {
  let tring: Tring;
  let visitors: Visitor[] = [];
  let tolerated: RegExp[] = [];

  beforeAll(async () => {
    tring = await startTring(name, ...flags);
    await prepare?.(tring);
  });
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') {
      await Promise.all(visitors.map((visitor, at) => visitor.picture(`failed/${name}-${at}`).catch(() => undefined)));
    }
    const complaints = visitors.flatMap(visitor => visitor.complaints).filter(said => ![NOBODY, ...tolerated].some(known => known.test(said)));
    const leaving = visitors;
    [visitors, tolerated] = [[], []];
    await Promise.all(leaving.map(visitor => visitor.leave().catch(() => undefined)));
    expect(complaints, 'errors that pages reported').toEqual([]);
  });
  afterAll(() => tring.stop());

  return {
    get tring() { return tring; },
    async visits(desk = {}) {
      const visitor = await atDashboard({ ...desk, origin: tring.origin });
      visitors.push(visitor);
      return visitor;
    },
    tolerate: complaint => { tolerated.push(complaint); },
  };
}

/** What a new member writes into the form. */
export interface Newcomer {
  name: string;
  account: string;
  email: string;
  password: string;
}

/** Signs up by the form and arrives at the first steps of the new account. */
export async function signUp({ page }: Visitor, { name, account, email, password }: Newcomer): Promise<string> {
  await page.goto('/sign-up');
  await page.getByLabel('Your name').fill(name);
  await page.getByLabel('Name of the account').fill(account);
  await page.getByLabel('Email').fill(email);
  await page.getByRole('textbox', { name: 'Password' }).fill(password);
  await page.getByRole('button', { name: 'Sign up' }).click();
  await page.getByRole('heading', { level: 1, name: 'Get started' }).waitFor();
  return accountIn(page.url());
}

/** Signs in by the form and arrives at the figures. */
export async function signIn({ page }: Visitor, { email, password }: Pick<Newcomer, 'email' | 'password'>): Promise<void> {
  await page.goto('/sign-in');
  await page.getByLabel('Email').fill(email);
  await page.getByRole('textbox', { name: 'Password' }).fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { level: 1, name: 'Statistics' }).waitFor();
}

/** Signs in to the demo, whose login the form holds already. */
export async function signInToDemo({ page }: Visitor): Promise<void> {
  await page.goto('/sign-in');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { level: 1, name: 'Statistics' }).waitFor();
}

/** The account whose page has this address. */
export function accountIn(address: string): string {
  const found = /\/a\/([^/]+)\//.exec(new URL(address).pathname + '/');
  if (!found?.[1]) throw new Error(`${address} is no page of an account`);
  return found[1];
}

/** Follows a link of the menu, which a phone hides behind its button. */
export async function goTo({ page }: Visitor, label: string): Promise<void> {
  const burger = page.getByRole('button', { name: 'Menu', exact: true });
  if (await burger.isVisible()) await burger.click();
  await page.getByRole('link', { name: label, exact: true }).filter({ visible: true }).click();
  await page.getByRole('dialog').waitFor({ state: 'hidden' }).catch(() => undefined);
}
