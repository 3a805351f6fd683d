/** One person, two devices: all ring, one answers, and a call moves from one to the other while it goes on. */

import { expect, test, vi } from 'vitest';
import { silenceIn } from '../hearing/silence.ts';
import { judge, keep, record } from '../people/person.ts';
import { dial, expectOutcome, expectQuiet, inCall, outcomes, scene, signIn, talk, type Guest } from './scene.ts';

// Three browsers on two cores; sound is judged in real time, and another try is fair.
vi.setConfig({ testTimeout: 120_000 });
const stage = scene('many-devices', '--devices', 'many');

/** Anita at her desk and with her phone. */
async function bothOfAnita(voice: 'customer' | 'tone' = 'customer', account = stage.account): Promise<{ desk: Guest; phone: Guest }> {
  const desk = await stage.arrives({ name: 'anita_desk', account, voice, query: { name: 'Anita' } });
  const phone = await stage.visits({ name: 'anita_phone', account, voice, cuid: desk.cuid, query: { name: 'Anita' } });
  await signIn(phone.tab);
  return { desk, phone };
}

test('all devices ring, the first answer wins, and the others offer to take the call over until it ends', async () => {
  const meera = await stage.arrives({ name: 'meera', query: { name: 'Meera' } });
  const { desk, phone } = await bothOfAnita();
  await dial(meera, desk);
  await phone.tab.seesButton('Answer');
  await desk.tab.click('Answer');
  await inCall(desk.tab);
  await phone.tab.sees('Answered on another device');
  await phone.tab.sees('You are in a call with Meera on another device');
  await expectQuiet(phone.tab);
  await desk.tab.click('Hang up');
  await phone.tab.seesNoMore('on another device');
  await expectOutcome(meera.tab, 'call resolved with over');
});

test('a refusal on one device is one for all of them', async () => {
  const meera = await stage.arrives({ name: 'meera' });
  const { desk, phone } = await bothOfAnita();
  await dial(meera, desk);
  await phone.tab.seesButton('Answer');
  await desk.tab.click('Decline');
  await phone.tab.sees('Declined on another device');
  await expectOutcome(meera.tab, 'call rejected with declined');
});

test('where the account wants it so, a refusal counts for one device, and the last one ends the call', async () => {
  const account = stage.tring.account('choosy', '--devices', 'many', '--decline', 'this-device');
  const meera = await stage.arrives({ name: 'meera', account });
  const { desk, phone } = await bothOfAnita('customer', account);
  await dial(meera, desk);
  await phone.tab.seesButton('Answer');
  await desk.tab.click('Decline');
  await desk.tab.seesNoButton('Answer');
  await phone.tab.seesButton('Answer');
  expect(await outcomes(meera.tab)).toEqual([]);
  await phone.tab.click('Decline');
  await expectOutcome(meera.tab, 'call rejected with declined');
});

test('a call moves to the other device and back, and the other side hears no more than a blink', { retry: 2 }, async () => {
  const meera = await stage.arrives({ name: 'meera', voice: 'courier', query: { name: 'Meera' } });
  const { desk, phone } = await bothOfAnita('tone');
  await dial(meera, desk);
  await desk.tab.click('Answer');
  await inCall(meera.tab);
  await inCall(desk.tab);

  for (const [from, to] of [[desk, phone], [phone, desk]] as const) {
    // In a steady tone every silence is a fault.
    const listening = record(meera.tab, 6);
    await to.tab.click('Continue here');
    await inCall(to.tab);
    await from.tab.sees('You are in a call with Meera on another device');
    await expectQuiet(from.tab);
    const { heard } = await listening;
    keep(heard, `moved-to-${to.name}`);
    const gap = silenceIn(heard, 0);
    console.info(`moved to ${to.name}: the third person misses ${gap.longest} ms at once, ${gap.total} ms in all`);
    expect(gap.ended, 'the tone goes on').toBe(true);
    expect(gap.longest).toBeLessThan(1_000);
    const atTo = await record(to.tab, 4);
    expect(judge(atTo.heard, meera, desk).speech.median, `${to.name} hears meera`).toBeGreaterThan(0.8);
  }
  expect(await outcomes(meera.tab)).toEqual([]);
  await desk.tab.click('Hang up');
  await expectOutcome(meera.tab, 'call resolved with over');
  await expectQuiet(meera.tab);
});

test('a call that was placed can be moved as well, and is over where it was placed', async () => {
  const meera = await stage.arrives({ name: 'meera' });
  const { desk, phone } = await bothOfAnita();
  await talk(desk, meera);
  await phone.tab.click('Continue here');
  await inCall(phone.tab);
  await expectOutcome(desk.tab, 'call resolved with over');
  await meera.tab.click('Hang up');
  await phone.tab.sees('Call ended');
  await expectQuiet(phone.tab);
  await expectQuiet(desk.tab);
});
