/**
 * What every test needs: a server, an integrator's web site, and people who arrive at it, sign in and leave again.
 * A page that complains (an uncaught error, an error on its console) fails the test unless the test said it would.
 */

import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { startSoundDaemon, type SoundDaemon } from '../hearing/sound-daemon.ts';
import { startSite, type Site } from '../pages/serve.ts';
import { atChromium } from '../people/chromium.ts';
import { atFirefox } from '../people/firefox.ts';
import type { Equipment, Person, Tab } from '../people/person.ts';
import { startTring, type Account, type Tring } from '../tring/server.ts';
import { until } from '../until.ts';

/** Somebody on the integrator's page. */
export interface Guest extends Person {
  cuid: string;
  /** The page they are on, with everything that it needs to know in its query. */
  address: string;
}

/** How somebody arrives, besides their equipment. */
export interface Arrival extends Equipment {
  /** Chromium unless said otherwise. */
  browser?: 'chromium' | 'firefox';
  /** Another account than the scene's. */
  account?: Account;
  /** Somebody who was here before; a new cuid otherwise. */
  cuid?: string;
  /** Which of the integrator's pages: Signed Call's (`integrator`, unless said otherwise) or one of Tring's own API. */
  page?: 'integrator' | 'native';
  /** More of the page's query, for example `product: 'direct'`. */
  query?: Record<string, string>;
}

/** The stage of one test file. */
export interface Scene {
  tring: Tring;
  site: Site;
  /** The account that people sign in to. */
  account: Account;
  /** Somebody opens the page, without touching it. */
  visits(arrival: Arrival): Promise<Guest>;
  /** Somebody opens the page and signs in. */
  arrives(arrival: Arrival): Promise<Guest>;
  /** This test makes pages complain like this, and that is right. */
  tolerate(complaint: RegExp): void;
}

let arrivals = 0;

/** Sets the scene for the file `name`; `settings` are those of its account. */
export function scene(name: string, ...settings: string[]): Scene {
  let tring: Tring;
  let site: Site;
  let account: Account;
  let sound: SoundDaemon | undefined;
  let guests: Guest[] = [];
  let tabs: Tab[] = [];
  let tolerated: RegExp[] = [];

  beforeAll(async () => {
    [tring, site] = await Promise.all([startTring(name), startSite()]);
    account = tring.account(name, ...settings);
  });
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') {
      await Promise.all(guests.map(guest => guest.tab.screenshot(`failed/${guest.cuid}`).catch(() => undefined)));
    }
    const complaints = tabs.flatMap(tab => tab.complaints).filter(complaint => !tolerated.some(known => known.test(complaint)));
    const leaving = guests;
    [guests, tabs, tolerated] = [[], [], []];
    await Promise.all(leaving.map(guest => guest.leave().catch(() => undefined)));
    expect(complaints, 'errors that pages reported').toEqual([]);
  });
  afterAll(async () => {
    await Promise.all([tring.stop(), sound?.stop()]);
    site.close();
  });

  async function visits(arrival: Arrival): Promise<Guest> {
    const number = ++arrivals;
    if (arrival.browser === 'firefox') sound ??= await startSoundDaemon();
    const person = arrival.browser === 'firefox' ? await atFirefox(arrival, sound!) : await atChromium(arrival);
    const cuid = arrival.cuid ?? `${arrival.name}_n${number}`;
    const { accountId, apikey } = arrival.account ?? account;
    const query = new URLSearchParams({ server: tring.origin, accountId, apikey, cuid, ...arrival.query });
    const guest: Guest = { ...person, cuid, address: `${site.origin}/${arrival.page ?? 'integrator'}.html?${query}` };
    guests.push(guest);
    tabs.push(guest.tab);
    await open(guest.tab, guest.address);
    return {
      ...guest,
      async newTab() {
        const tab = await person.newTab();
        tabs.push(tab);
        return tab;
      },
    };
  }

  return {
    get tring() { return tring; },
    get site() { return site; },
    get account() { return account; },
    visits,
    async arrives(arrival) {
      const guest = await visits(arrival);
      await signIn(guest.tab);
      return guest;
    },
    tolerate: complaint => { tolerated.push(complaint); },
  };
}

/** Opens the integrator's page and waits until its script has run. */
export async function open(tab: Tab, address: string): Promise<void> {
  await tab.goto(address);
  await until('the page has loaded', () => tab.evaluate(() => document.documentElement.dataset['loaded'] === 'yes'));
}

/** Signs in by the page's button. */
export async function signIn(tab: Tab): Promise<void> {
  await tab.click('Sign in');
  await tab.sees('init resolved');
  await tab.sees('ready');
}

/** Fills the page's form in and places a call. */
export async function dial(caller: Guest, callee: { cuid: string }, context = 'Your order 4711'): Promise<void> {
  await caller.tab.fill('Receiver', callee.cuid);
  await caller.tab.fill('Context', context);
  await caller.tab.click('Place call');
}

/** One calls, the other answers; returns when both are in the call and audio flows. */
export async function talk(caller: Guest, callee: Guest): Promise<void> {
  await dial(caller, callee);
  await callee.tab.click('Answer');
  await inCall(caller.tab);
  await inCall(callee.tab);
}

/** The tab shows a running call whose other side can be heard. */
export async function inCall(tab: Tab): Promise<void> {
  await tab.seesButton('Hang up');
  await until('the other side can be heard', () => tab.evaluate(() => window.testEar.plays()));
}

/** All that the page was told about its calls, in order. */
export function outcomes(tab: Tab): Promise<string[]> {
  return tab.evaluate(() => [...document.querySelectorAll('#log li')]
    .map(line => line.textContent ?? '')
    .filter(line => line.startsWith('call ')));
}

/** The page was told this one outcome, once; and nothing of the call is left open in it. */
export async function expectOutcome(tab: Tab, wanted: string | RegExp, deadline?: number): Promise<void> {
  const got = await until('the call has an outcome', async () => {
    const all = await outcomes(tab);
    return all.length > 0 && all;
  }, deadline);
  expect(got).toEqual([typeof wanted === 'string' ? wanted : expect.stringMatching(wanted)]);
}

/** Microphone and peer connections are closed: nothing of a call outlives it. */
export async function expectQuiet(tab: Tab): Promise<void> {
  await until('the microphone is closed', () => tab.evaluate(() => window.testEar.openMicrophones() === 0));
  await until('the peer connections are closed', () => tab.evaluate(() => window.testEar.openPeers() === 0));
}

/** What the page pushed to CleverTap: each event's name and, for the last of a call, its status and its reason if any. */
export function pushed(tab: Tab): Promise<string[]> {
  return tab.evaluate(() => (window as unknown as { pushed: { name: string; details: Record<string, unknown> }[] }).pushed
    .map(({ name, details }) => [name, details['call_status'], details['reason']].filter(Boolean).join(' ')));
}
