/** Microphones and what becomes of them in the middle of a call; what the app learns of the sound. */

import { expect, test, vi } from 'vitest';
import { judge, record } from '../people/person.ts';
import { until } from '../until.ts';
import { arrivesAtApp, type AppWindow, type Quality } from './app.ts';
import { expectQuiet, scene, talk, type Guest } from './scene.ts';

vi.setConfig({ testTimeout: 90_000 });
const RETRY = { retry: 2 };
const stage = scene('devices');

/** Meera at the app and Anita at a vendor's page, in a call. */
async function inACall(): Promise<{ meera: Guest; anita: Guest }> {
  const meera = await arrivesAtApp(stage, { name: 'meera', voice: 'courier' });
  const anita = await stage.arrives({ name: 'anita', voice: 'customer' });
  await talk(meera, anita);
  return { meera, anita };
}

async function expectHeard(speaker: Guest, listener: Guest): Promise<void> {
  const { heard } = await record(listener.tab, 4);
  expect(judge(heard, speaker, listener).speech.median, `${listener.cuid} hears ${speaker.cuid}`).toBeGreaterThan(0.8);
}

const microphoneOf = (guest: Guest): Promise<string | undefined> =>
  guest.tab.evaluate(() => (window as unknown as AppWindow).app.client.devices.microphone);
const peersMade = (guest: Guest): Promise<number> => guest.tab.evaluate(() => window.testEar.peersMade());

/** Chooses a microphone that is not the one in use, and waits until it is. */
async function takeAnother(guest: Guest): Promise<string> {
  const other = await until('another microphone is known', () => guest.tab.evaluate(() => {
    const { devices } = (window as unknown as AppWindow).app.client;
    return devices.microphones.find(({ id }) => id !== devices.microphone && id !== 'default')?.id;
  }));
  await guest.tab.evaluate(id => (window as unknown as AppWindow).app.client.devices.chooseMicrophone(id), other);
  await until('the other microphone is in use', async () => await microphoneOf(guest) === other);
  return other;
}

test('another microphone is taken in mid-call: the voice goes on, over the same connection', RETRY, async () => {
  const { meera, anita } = await inACall();
  await takeAnother(meera);
  await expectHeard(meera, anita);
  expect(await peersMade(meera)).toBe(1);
  expect(await meera.tab.evaluate(() => window.testEar.openMicrophones())).toBe(1);
  await anita.tab.click('Hang up');
  await expectQuiet(meera.tab);
});

test('a headset is unplugged: the system’s own microphone takes its place, and the person is told', RETRY, async () => {
  const { meera, anita } = await inACall();
  const headset = await takeAnother(meera);
  // No browser lets a test pull a plug; this is what the page hears of it.
  await meera.tab.evaluate(() => {
    const track = (window as unknown as AppWindow).app.microphones.at(-1)!;
    track.stop();
    track.dispatchEvent(new Event('ended'));
  });
  await until('the default microphone is in use', async () => await microphoneOf(meera) !== headset);
  await meera.tab.sees('Fake Default Audio Input');
  await expectHeard(meera, anita);
});

test('the system borrows the microphone: the app is told, and nobody has to do anything', async () => {
  const { meera, anita } = await inACall();
  const borrow = (event: 'mute' | 'unmute'): Promise<boolean> => meera.tab.evaluate(name => {
    const { app } = window as unknown as AppWindow;
    app.microphones.at(-1)!.dispatchEvent(new Event(name));
    return app.client.devices.isMicrophoneInterrupted;
  }, event);
  expect(await borrow('mute')).toBe(true);
  expect(await borrow('unmute')).toBe(false);
  await expectHeard(meera, anita);
});

test('the level meter moves with both voices, also with one’s own while muted', async () => {
  const { meera, anita } = await inACall();
  /** The loudest of two seconds, looked at ten times a second as a screen does. */
  const loudest = (): Promise<{ input: number; output: number }> => meera.tab.evaluate(async () => {
    const { devices } = (window as unknown as AppWindow).app.client;
    const most = { input: 0, output: 0 };
    for (let look = 0; look < 20; look += 1) {
      const { input, output } = devices.levels;
      most.input = Math.max(most.input, input);
      most.output = Math.max(most.output, output);
      await new Promise(done => setTimeout(done, 100));
    }
    return most;
  });
  await until('both are heard', async () => {
    const { input, output } = await loudest();
    return input > 0.1 && output > 0.1;
  });
  await anita.tab.click('Mute');
  await meera.tab.click('Mute');
  await until('only the own one is heard', async () => {
    const { input, output } = await loudest();
    return input > 0.1 && output < 0.01;
  });
});

test('noise suppression is switched off and on in mid-call, and the voice goes on', RETRY, async () => {
  const { meera, anita } = await inACall();
  for (const on of [false, true]) {
    const is = await meera.tab.evaluate(wanted => {
      const { devices } = (window as unknown as AppWindow).app.client;
      devices.setNoiseSuppression(wanted);
      return devices.noiseSuppression;
    }, on);
    expect(is).toBe(on);
    await expectHeard(meera, anita);
  }
  await anita.tab.click('Hang up');
  await expectQuiet(meera.tab);
});

test('the app learns once a second how the call sounds, and by what it travels', async () => {
  const { meera } = await inACall();
  const qualities = await until<Quality[] | undefined>('three seconds have been judged', () => meera.tab.evaluate(() => {
    const { qualities: all } = (window as unknown as AppWindow).app;
    return all.length >= 3 ? all : undefined;
  }));
  for (const { mos, path, lost, poorNetwork } of qualities) {
    expect(mos).toBeGreaterThan(3);
    expect([path, lost, poorNetwork]).toEqual(['udp', 0, 'none']);
  }
});
