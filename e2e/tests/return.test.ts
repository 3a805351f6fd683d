/** A call outlives what happens to its pages: reloads, lost connections, second devices, two who dial each other. */

import { afterEach, expect, test } from 'vitest';
import { judge, record, type Tab } from '../people/person.ts';
import { layLine, type Line } from '../tring/line.ts';
import { until } from '../until.ts';
import { dial, expectOutcome, expectQuiet, inCall, open, outcomes, scene, signIn, talk, type Guest } from './scene.ts';

const stage = scene('return');
const lines: Line[] = [];
afterEach(() => { for (const line of lines.splice(0)) line.close(); });

/** Both still hear each other. */
async function expectBothHear(a: Guest, b: Guest): Promise<void> {
  const [atA, atB] = await Promise.all([record(a.tab, 4), record(b.tab, 4)]);
  expect(judge(atA.heard, b, a).speech.median, `${a.cuid} hears ${b.cuid}`).toBeGreaterThan(0.8);
  expect(judge(atB.heard, a, b).speech.median, `${b.cuid} hears ${a.cuid}`).toBeGreaterThan(0.8);
}

test.each(['caller', 'callee'] as const)('the %s’s page is reloaded in mid-call and comes back into the call', async who => {
  const meera = await stage.arrives({ name: 'meera', voice: 'courier' });
  const anita = await stage.arrives({ name: 'anita', voice: 'customer' });
  await talk(meera, anita);
  const returning = who === 'caller' ? meera : anita;
  const waiting = who === 'caller' ? anita : meera;
  await returning.tab.reload();
  await inCall(returning.tab);
  await waiting.tab.seesNoMore('connection is lost');
  await expectBothHear(meera, anita);
  await returning.tab.click('Hang up');
  await waiting.tab.sees('Call ended');
  if (who === 'callee') await expectOutcome(meera.tab, 'call resolved with over');
  await expectQuiet(meera.tab);
  await expectQuiet(anita.tab);
});

test('the callee’s page is reloaded while it rings, and rings again', async () => {
  const meera = await stage.arrives({ name: 'meera' });
  const anita = await stage.arrives({ name: 'anita' });
  await dial(meera, anita);
  await anita.tab.seesButton('Answer');
  await anita.tab.reload();
  await anita.tab.click('Answer');
  await inCall(meera.tab);
  await inCall(anita.tab);
});

test('the connection to the server is lost for a while in mid-call: the voices go on, and so does the call', async () => {
  stage.tolerate(/WebSocket connection to .* failed/);
  const line = await layLine(stage.tring.origin);
  lines.push(line);
  const meera = await stage.arrives({ name: 'meera', voice: 'courier', query: { server: line.origin } });
  const anita = await stage.arrives({ name: 'anita', voice: 'customer' });
  await talk(meera, anita);
  line.cut();
  await meera.tab.sees('waiting');
  await expectBothHear(meera, anita);
  line.mend();
  await meera.tab.sees('ready', 15_000);
  expect(await outcomes(meera.tab)).toEqual([]);
  await anita.tab.click('Hang up');
  await expectOutcome(meera.tab, 'call resolved with over');
});

test('what is said while the connection is lost arrives afterwards: the other side hung up meanwhile', async () => {
  stage.tolerate(/WebSocket connection to .* failed/);
  const line = await layLine(stage.tring.origin);
  lines.push(line);
  const meera = await stage.arrives({ name: 'meera', query: { server: line.origin } });
  const anita = await stage.arrives({ name: 'anita' });
  await talk(meera, anita);
  line.cut();
  await meera.tab.sees('waiting');
  await anita.tab.click('Hang up');
  await anita.tab.seesNoButton('Hang up');
  line.mend();
  await expectOutcome(meera.tab, 'call resolved with over', 15_000);
  await expectQuiet(meera.tab);
});

test('two who dial each other at the same moment are in one call', async () => {
  const meera = await stage.arrives({ name: 'meera', voice: 'courier' });
  const anita = await stage.arrives({ name: 'anita', voice: 'customer' });
  await Promise.all([meera.tab.fill('Receiver', anita.cuid), anita.tab.fill('Receiver', meera.cuid)]);
  // Two hands of one test are not quick enough: the pages press their buttons at an agreed moment.
  const moment = Date.now() + 1_000;
  const press = (tab: Tab): Promise<void> => tab.evaluate(
    at => new Promise<void>(done => setTimeout(() => done(document.getElementById('call')!.click()), at - Date.now())), moment);
  await Promise.all([press(meera.tab), press(anita.tab)]);
  await inCall(meera.tab);
  await inCall(anita.tab);
  await expectBothHear(meera, anita);
  await meera.tab.click('Hang up');
  await expectOutcome(meera.tab, 'call resolved with over');
  await expectOutcome(anita.tab, 'call resolved with over');
});

test('a duplicated tab takes over from its twin, which is told so', async () => {
  const meera = await stage.arrives({ name: 'meera' });
  const twin = await meera.newTab();
  await open(twin, stage.site.origin + '/integrator.html?' + new URL(meera.address).searchParams);
  const memory = await meera.tab.evaluate(() => JSON.stringify({ ...sessionStorage }));
  await twin.evaluate(text => Object.assign(sessionStorage, JSON.parse(text)), memory);
  await twin.reload();
  await twin.sees('ready');
  await meera.tab.sees('waiting');
  const anita = await stage.arrives({ name: 'anita' });
  await dial(anita, meera);
  await twin.seesButton('Answer');
  await meera.tab.seesNoButton('Answer');
});

test('where an account allows many devices all of them ring, and the one that answers silences the others', async () => {
  const account = stage.tring.account('many devices', '--devices', 'many');
  const meera = await stage.arrives({ name: 'meera', account });
  const phone = await stage.arrives({ name: 'anita_phone', account });
  const desk = await stage.visits({ name: 'anita_desk', account, cuid: phone.cuid });
  await signIn(desk.tab);
  await dial(meera, phone);
  await phone.tab.seesButton('Answer');
  await desk.tab.click('Answer');
  await inCall(desk.tab);
  await phone.tab.sees('Answered on another device');
  await phone.tab.seesNoButton('Answer');
  await until('the phone holds no connection', () => phone.tab.evaluate(() => window.testEar.openPeers() === 0));
  await desk.tab.click('Hang up');
  await expectOutcome(meera.tab, 'call resolved with over');
});
