/** Somebody at a terminal and somebody at a browser hear each other, and see what the other one does. */

import { afterEach, expect, test, vi } from 'vitest';
import { judge, keep, record, type Recording } from '../../people/person.ts';
import { scoreRounds, whyNoScore } from '../../speech/score.ts';
import { dial, expectOutcome, expectQuiet, inCall, scene, type Guest } from '../scene.ts';
import { atTerminal, type Caller } from './terminal.ts';

// Sound is judged in real time; where another program takes the processor for a moment, another try is fair.
vi.setConfig({ testTimeout: 240_000 });
const RETRY = { retry: 2 };
/** One whole round of the text, wherever it begins, in seconds. */
const LISTENS = 22;
const stage = scene('native');
let callers: Caller[] = [];

afterEach(async () => {
  await Promise.all(callers.splice(0).map(caller => caller.leaves()));
});

async function terminal(name: string, ...words: string[]): Promise<Caller> {
  const caller = await atTerminal({ server: stage.tring.origin, account: stage.account, name, voice: 'courier' }, ...words);
  callers.push(caller);
  return caller;
}

/** Both heard the words of the other and no others, and well. */
function expectSpeechBothWays(caller: Caller, atCaller: Recording, guest: Guest, atGuest: Recording): void {
  // What the terminal heard before the page began to record is nothing that can be compared.
  const heard = atCaller.heard.subarray(Math.max(0, Math.round((atGuest.startedAt - atCaller.startedAt) * 48)));
  for (const [listener, recording, speaker] of [[guest, atGuest.heard, caller], [caller, heard, guest]] as const) {
    const other = { ...guest, speech: speaker.speech };
    const self = { ...guest, speech: listener.speech };
    const { speech, control } = judge(recording.subarray(0, LISTENS * 48_000), other, self);
    console.info(`${listener.cuid} hears ${speaker.cuid}: median ${speech.median.toFixed(3)}, control ${control.median.toFixed(3)}`);
    expect(speech.median, `${listener.cuid} hears ${speaker.cuid}`).toBeGreaterThan(0.8);
    expect(control.median, `${listener.cuid} hears nobody else`).toBeLessThan(0.3);
  }
  const obstacle = whyNoScore();
  if (obstacle) return console.warn(`NOT SCORED, because ${obstacle}`);
  for (const [listener, speaker, scores] of [
    [guest, caller, scoreRounds(caller.speech, atCaller, atGuest)],
    [caller, guest, scoreRounds(guest.speech, atGuest, atCaller)],
  ] as const) {
    console.info(`${listener.cuid} hears ${speaker.cuid}: PESQ ${scores.map(score => score.toFixed(2)).join(' ')}`);
    expect(Math.max(...scores), `${listener.cuid} hears ${speaker.cuid} well`).toBeGreaterThan(3);
  }
}

for (const browser of ['chromium', 'firefox'] as const) {
  test(`somebody at a terminal calls somebody at ${browser}, both hear each other, and the exit code says that it is over`, RETRY, async () => {
    const anita = await stage.arrives({ name: 'anita', voice: 'customer', browser });
    const meera = await terminal('meera', 'call', anita.cuid, '--context', 'Your parcel');
    await anita.tab.sees('Your parcel');
    await anita.tab.sees('meera');
    await anita.tab.click('Answer');
    await meera.tells('that they are connected', ({ status }) => status === 'connected');
    await inCall(anita.tab);
    const atAnita = await record(anita.tab, LISTENS);
    keep(atAnita.heard, `${meera.cuid}-heard-by-${anita.cuid}`);
    await anita.tab.click('Hang up');
    await meera.tells('the end', ({ event, status }) => event === 'ended' && status === 'over');
    await expectQuiet(anita.tab);
    const { code, recording } = await meera.leaves();
    callers = [];
    expect(code).toBe(0);
    expectSpeechBothWays(meera, recording, anita, atAnita);
  });

  test(`somebody at ${browser} calls a terminal; mute and hold are seen and heard by the other`, RETRY, async () => {
    const meera = await terminal('meera', 'listen', '--once');
    const anita = await stage.arrives({ name: 'anita', voice: 'customer', browser, page: 'native' });
    await dial(anita, meera, 'Where is my parcel');
    await meera.tells('who calls', ({ status, context }) => status === 'ringing' && context === 'Where is my parcel');
    meera.types('a');
    await inCall(anita.tab);

    meera.types('m');
    await anita.tab.sees('is muted');
    expect(loudest((await record(anita.tab, 3)).heard.subarray(48_000))).toBeLessThan(0.001);
    meera.types('m');
    await anita.tab.seesNoMore('is muted');

    meera.types('h');
    await anita.tab.sees('You are on hold');
    await anita.tab.screenshot(`native/${browser}-is-held-by-a-terminal`);
    meera.types('h');
    await anita.tab.seesNoMore('You are on hold');
    const { heard } = await record(anita.tab, 5);
    expect(judge(heard, { ...anita, speech: meera.speech }, anita).speech.median).toBeGreaterThan(0.8);

    await anita.tab.click('Mute');
    await meera.tells('the mute', ({ peerMuted }) => peerMuted === true);
    await anita.tab.click('Unmute');
    await anita.tab.click('Hold');
    await meera.tells('the hold', ({ peerHeld }) => peerHeld === true);
    await anita.tab.click('Resume');
    await meera.tells('that it goes on', ({ peerHeld }) => peerHeld === false);

    meera.types('q');
    await anita.tab.sees('call ended over hangup');
    expect((await meera.leaves()).code).toBe(0);
    callers = [];
  });
}

test('a page is told what somebody at a terminal did with its call, as if they were at a browser', async () => {
  const meera = await terminal('meera', 'listen');
  const anita = await stage.arrives({ name: 'anita', voice: 'customer' });
  await dial(anita, meera);
  await meera.tells('who calls', ({ status }) => status === 'ringing');
  meera.types('d');
  await expectOutcome(anita.tab, 'call rejected with declined');
});

function loudest(samples: Float32Array): number {
  return samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
}
