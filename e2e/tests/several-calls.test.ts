/** Hold, a second caller, and two calls at a time, as people see and hear them. */

import { expect, test, vi } from 'vitest';
import { judge, record } from '../people/person.ts';
import type { Tab } from '../people/person.ts';
import { until } from '../until.ts';
import { barriers } from './axe.ts';
import { dial, expectOutcome, inCall, outcomes, scene, talk, type Arrival, type Guest } from './scene.ts';

// Sound is judged in real time; where another program takes the processor for a moment, another try is fair.
vi.setConfig({ testTimeout: 240_000 });
const RETRY = { retry: 2 };
const stage = scene('several-calls');

/** Somebody at the page of Tring's own API. */
const atDesk = (arrival: Arrival): Promise<Guest> => stage.arrives({ page: 'native', ...arrival });

/** `listener` hears what `speaker` says. */
async function expectHears(listener: Guest, speaker: Guest): Promise<void> {
  const { heard } = await record(listener.tab, 5);
  const { speech } = judge(heard, speaker, listener);
  expect(speech.median, `${listener.cuid} hears ${speaker.cuid}`).toBeGreaterThan(0.8);
}

/** Nothing at all comes out of the call. */
async function expectSilence(listener: Guest): Promise<void> {
  const { heard } = await record(listener.tab, 3);
  // The first second may hold what was under way.
  const loudest = heard.subarray(48_000).reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
  expect(loudest, `${listener.cuid} hears nothing`).toBeLessThan(0.001);
}

/** The hold tone comes and goes, so it is waited for. */
const hearsTone = (tab: Tab): Promise<unknown> =>
  until('the hold tone is heard', () => tab.evaluate(() => window.testEar.loudness() > 0.005));

test('a call is held and gone on with from either side, seen and heard on both', RETRY, async () => {
  const meera = await atDesk({ name: 'meera', voice: 'courier', query: { name: 'Meera Nair' } });
  const anita = await atDesk({ name: 'anita', voice: 'customer', query: { name: 'Anita Rao' } });
  await talk(meera, anita);
  for (const [holder, other] of [[anita, meera], [meera, anita]] as const) {
    await holder.tab.click('Hold');
    await holder.tab.seesButton('Resume');
    await holder.tab.sees('On hold');
    await other.tab.sees('You are on hold');
    await hearsTone(other.tab);
    await holder.tab.screenshot(`several/${holder.name}-holds`);
    await other.tab.screenshot(`several/${other.name}-is-held`);
    expect(await barriers(holder.tab)).toEqual([]);
    expect(await barriers(other.tab)).toEqual([]);
    await Promise.all([expectSilence(holder), expectSilence(other)]);
    await holder.tab.click('Resume');
    await holder.tab.seesButton('Hold');
    await other.tab.seesNoMore('You are on hold');
    await until('the hold tone is over', () => other.tab.evaluate(() => window.testEar.loudness() < 0.001));
    await Promise.all([expectHears(holder, other), expectHears(other, holder)]);
  }
  await meera.tab.click('Hang up');
  await anita.tab.sees('call ended over hangup');
});

test('a second caller is declined, and the call goes on', async () => {
  const meera = await atDesk({ name: 'meera' });
  const anita = await atDesk({ name: 'anita' });
  const ravi = await stage.arrives({ name: 'ravi', query: { name: 'Ravi Kumar' } });
  await talk(meera, anita);
  await dial(ravi, anita, 'About your refund');
  await anita.tab.sees('Ravi Kumar is calling');
  await anita.tab.sees('About your refund');
  await anita.tab.screenshot('several/waiting');
  expect(await barriers(anita.tab)).toEqual([]);
  await anita.tab.click('Decline');
  await expectOutcome(ravi.tab, 'call rejected with declined');
  await anita.tab.seesNoButton('Hold and answer');
  await inCall(anita.tab);
  await inCall(meera.tab);
});

test('a second caller takes the place of the call, which ends', async () => {
  const meera = await stage.arrives({ name: 'meera' });
  // Signed Call: one call at a time, so there is nothing to hold.
  const anita = await stage.arrives({ name: 'anita', voice: 'customer', query: { waiting: 'yes' } });
  const ravi = await stage.arrives({ name: 'ravi', voice: 'courier' });
  await talk(meera, anita);
  await dial(ravi, anita);
  await anita.tab.seesButton('End and answer');
  await anita.tab.seesNoButton('Hold and answer');
  await anita.tab.click('End and answer');
  await expectOutcome(meera.tab, 'call resolved with over');
  await inCall(ravi.tab);
  await inCall(anita.tab);
  await anita.tab.click('Hang up');
  await expectOutcome(ravi.tab, 'call resolved with over');
});

test('without call waiting a second caller is told at once that the callee is busy', async () => {
  const meera = await stage.arrives({ name: 'meera' });
  const anita = await stage.arrives({ name: 'anita' });
  const ravi = await stage.arrives({ name: 'ravi', query: { name: 'Ravi Kumar' } });
  await talk(meera, anita);
  await dial(ravi, anita);
  await until('Ravi has an outcome', async () => (await outcomes(ravi.tab)).length > 0);
  expect(await outcomes(ravi.tab)).toEqual([expect.stringContaining('busy on another call')]);
  await anita.tab.sees('Ravi Kumar tried to call you');
});

test('a second call is answered beside the first, and the two change places', RETRY, async () => {
  const meera = await atDesk({ name: 'meera', query: { name: 'Meera Nair' } });
  const anita = await atDesk({ name: 'anita', voice: 'customer' });
  const ravi = await atDesk({ name: 'ravi', voice: 'courier', query: { name: 'Ravi Kumar' } });
  await talk(meera, anita);
  await dial(ravi, anita);
  await anita.tab.click('Hold and answer');
  await meera.tab.sees('You are on hold');
  await inCall(ravi.tab);
  await anita.tab.seesButton('Switch to Meera Nair');
  await anita.tab.screenshot('several/two-calls');
  expect(await barriers(anita.tab)).toEqual([]);
  await expectHears(anita, ravi);

  await anita.tab.click('Switch to Meera Nair');
  await ravi.tab.sees('You are on hold');
  await meera.tab.seesNoMore('You are on hold');
  await anita.tab.seesButton('Switch to Ravi Kumar');
  await expectSilence(ravi);

  // The one in front ends; the other one is there to be gone on with.
  await anita.tab.click('Hang up');
  await meera.tab.sees('call ended over hangup');
  await anita.tab.click('Resume');
  await ravi.tab.seesNoMore('You are on hold');
  await expectHears(ravi, anita);
  await ravi.tab.click('Hang up');
  await anita.tab.seesNoButton('Hang up');
});

test('a page without the SDK’s screens has two call objects, one of them on hold', async () => {
  const meera = await stage.arrives({ name: 'meera' });
  const anita = await atDesk({ name: 'anita', query: { screens: 'no' } });
  const ravi = await stage.arrives({ name: 'ravi' });
  await dial(meera, anita);
  await anita.tab.sees(`${meera.cuid}: ringing`);
  await anita.tab.click(`take ${meera.cuid}`);
  await anita.tab.sees(`${meera.cuid}: connected`);
  expect(await anita.tab.evaluate(() => document.getElementById('sc-sdk'))).toBeNull();

  await dial(ravi, anita);
  await anita.tab.sees(`${ravi.cuid}: ringing, waiting`);
  await anita.tab.click(`take ${ravi.cuid}`);
  await anita.tab.sees(`${meera.cuid}: connected, held here`);
  await anita.tab.sees(`${ravi.cuid}: connected`);
  await anita.tab.click(`resume ${meera.cuid}`);
  await anita.tab.sees(`${ravi.cuid}: connected, held here`);
  await anita.tab.seesNoMore(`${meera.cuid}: connected, held here`);
  await anita.tab.click(`end ${ravi.cuid}`);
  await expectOutcome(ravi.tab, 'call resolved with over');
  await anita.tab.click(`end ${meera.cuid}`);
  await expectOutcome(meera.tab, 'call resolved with over');
  await until('no call is left', () => anita.tab.evaluate(() => document.querySelectorAll('#calls li').length === 0));
});

test('on a clean network nobody is told that a network is weak, and the figures say so', async () => {
  const meera = await atDesk({ name: 'meera' });
  const anita = await atDesk({ name: 'anita' });
  await talk(meera, anita);
  const seen = await anita.tab.evaluate(() => new Promise<string[]>(resolve => {
    const hints = new Set<string>();
    const look = setInterval(() => {
      for (const hint of document.getElementById('sc-sdk')?.shadowRoot?.querySelectorAll('.hints li') ?? []) hints.add(hint.textContent ?? '');
    }, 100);
    setTimeout(() => {
      clearInterval(look);
      resolve([...hints]);
    }, 12_000);
  }));
  expect(seen).toEqual([]);
  const qualities = await anita.tab.evaluate(() => (window as unknown as { qualities: { mos: number; poorNetwork: string }[] }).qualities);
  expect(qualities.length).toBeGreaterThan(5);
  expect(qualities.every(({ poorNetwork }) => poorNetwork === 'none')).toBe(true);
  expect(qualities.at(-1)!.mos).toBeGreaterThan(4);
});
