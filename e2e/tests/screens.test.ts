/** The call screens on an integrator's page: pictures of all of them, and that people of every kind can use them. */

import { describe, expect, test } from 'vitest';
import type { Tab } from '../people/person.ts';
import { until } from '../until.ts';
import { barriers } from './axe.ts';
import { dial, expectOutcome, inCall, open, outcomes, scene, signIn, talk } from './scene.ts';

const stage = scene('screens');

const WINDOWS = { phone: { width: 360, height: 740 }, desktop: { width: 1280, height: 800 } } as const;

/** The accessible name of what has the focus, looked for inside shadow roots too. */
function focused(tab: Tab): Promise<string> {
  return tab.evaluate(() => {
    let element = document.activeElement;
    while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
    return element?.getAttribute('aria-label') ?? element?.textContent ?? '';
  });
}

/** Presses Tab until the button `name` has the focus. */
async function tabTo(tab: Tab, name: string): Promise<void> {
  for (let presses = 0; presses < 25; presses++) {
    if ((await focused(tab)).trim() === name) return;
    await tab.press('Tab');
  }
  throw new Error(`Tab does not lead to ${name}`);
}

/** Everything that moves has come to rest, so that pictures of one state are the same. */
async function settle(tab: Tab): Promise<void> {
  await until('nothing moves', () => tab.evaluate(() => {
    const roots = [document, ...[...document.querySelectorAll('*')].flatMap(element => element.shadowRoot ?? [])];
    return roots.flatMap(root => root.getAnimations())
      .every(animation => animation.playState !== 'running' || animation.effect?.getComputedTiming().iterations === Infinity);
  }));
}

describe.each(['phone', 'desktop'] as const)('on a %s', device => {
  test.each(['light', 'dark'] as const)('all screens, on a %s page', async scheme => {
    const window = WINDOWS[device];
    const images = { images: 'yes' };
    const meera = await stage.arrives({ name: 'meera', window, scheme, query: { ...images, name: 'Meera Nair' } });
    const anita = await stage.arrives({ name: 'anita', voice: 'customer', window, scheme, query: { name: 'Anita Rao' } });
    const picture = async (tab: Tab, what: string): Promise<void> => {
      if (what !== 'ended') await settle(tab); // which fades out when it has been read
      await tab.screenshot(`screens/${device}-${scheme}-${what}`);
      expect(await barriers(tab), what).toEqual([]);
    };
    await dial(meera, anita, 'Your courier is at the blue gate with order 4711');
    await anita.tab.seesButton('Answer');
    await meera.tab.sees('Ringing');
    await picture(meera.tab, 'outgoing');
    await picture(anita.tab, 'incoming');
    await anita.tab.sees('Meera Nair');
    await anita.tab.sees('Your courier is at the blue gate');
    await anita.tab.click('Answer');
    await inCall(meera.tab);
    await inCall(anita.tab);
    await anita.tab.sees('00:0');
    await picture(meera.tab, 'ongoing-caller');
    await picture(anita.tab, 'ongoing');
    await anita.tab.click('Mute');
    await anita.tab.seesButton('Unmute');
    await anita.tab.click('Audio settings');
    await anita.tab.sees('Speaker volume');
    await picture(anita.tab, 'ongoing-settings');
    await anita.tab.click('Audio settings');
    await anita.tab.click('Minimise');
    await anita.tab.seesButton('Restore');
    await picture(anita.tab, 'minimised');
    await anita.tab.click('Hang up');
    await meera.tab.sees('Call ended');
    await picture(meera.tab, 'ended');
  });
});

test('every screen can be worked with the keyboard alone', async () => {
  const meera = await stage.arrives({ name: 'meera' });
  const anita = await stage.arrives({ name: 'anita' });
  await dial(meera, anita);
  await anita.tab.seesButton('Answer');
  await tabTo(meera.tab, 'Cancel');
  await meera.tab.press('Enter');
  await expectOutcome(meera.tab, 'call rejected with cancelled');
  await anita.tab.seesNoButton('Answer');

  await dial(meera, anita);
  await anita.tab.seesButton('Answer');
  await tabTo(anita.tab, 'Answer');
  await anita.tab.press('Enter');
  await inCall(anita.tab);
  await tabTo(anita.tab, 'Mute');
  await anita.tab.press('Space');
  await meera.tab.sees('is muted');
  await tabTo(anita.tab, 'Hang up');
  await anita.tab.press('Enter');
  await anita.tab.sees('Call ended');
  await anita.tab.seesNoButton('Hang up');

  await dial(meera, anita);
  await anita.tab.seesButton('Answer');
  await tabTo(anita.tab, 'Decline');
  await anita.tab.press('Enter');
  await meera.tab.seesNoButton('Cancel');
  expect(await outcomes(meera.tab)).toEqual([
    'call rejected with cancelled', 'call resolved with over', 'call rejected with declined',
  ]);
});

test('a key that was meant for the page neither answers nor declines, and the focus returns after the call', async () => {
  const meera = await stage.arrives({ name: 'meera' });
  const anita = await stage.arrives({ name: 'anita' });
  await anita.tab.evaluate(() => document.getElementById('context')?.focus());
  await dial(meera, anita);
  await anita.tab.seesButton('Answer');
  await anita.tab.press('Enter');
  await anita.tab.press('Space');
  await anita.tab.seesButton('Answer');
  expect(await outcomes(meera.tab)).toEqual([]);
  await anita.tab.click('Decline');
  await anita.tab.seesNoButton('Decline');
  await until('the focus is back', async () => await anita.tab.evaluate(() => document.activeElement?.id) === 'context');
});

test('the page’s style does not reach the call screen, and the call screen’s style does not reach the page', async () => {
  const meera = await stage.arrives({ name: 'meera' });
  const anita = await stage.arrives({ name: 'anita' });
  const page = (): Promise<string> => anita.tab.evaluate(() => ['h1', 'button', 'input', 'main'].map(selector => {
    const style = getComputedStyle(document.querySelector(selector)!);
    return [style.font, style.color, style.backgroundColor, style.border, style.width, style.margin].join('|');
  }).join('\n'));
  const before = await page();
  await dial(meera, anita);
  await anita.tab.seesButton('Answer');
  expect(await page()).toBe(before);
  const button = await anita.tab.evaluate(() => {
    const host = [...document.querySelectorAll('*')].find(element => element.shadowRoot)!;
    const style = getComputedStyle(host.shadowRoot!.querySelector('button')!);
    const icon = getComputedStyle(host.shadowRoot!.querySelector('svg')!);
    return { transform: style.textTransform, family: style.fontFamily, style: style.fontStyle, spacing: style.letterSpacing, icon: icon.maxWidth };
  });
  expect(button).toMatchObject({ transform: 'none', style: 'normal', spacing: 'normal', icon: 'none' });
  expect(button.family).not.toContain('Georgia');
  await anita.tab.click('Decline');
  await anita.tab.seesNoButton('Decline');
  await meera.tab.seesNoButton('Cancel');
});

test('somebody who asked their system for less motion sees no endless animation', async () => {
  const meera = await stage.arrives({ name: 'meera', motion: 'reduced' });
  const anita = await stage.arrives({ name: 'anita', motion: 'reduced' });
  const moving = (tab: Tab): Promise<number> => tab.evaluate(() => [...document.querySelectorAll('*')]
    .flatMap(element => element.shadowRoot?.getAnimations() ?? [])
    .filter(animation => animation.playState === 'running' && animation.effect?.getComputedTiming().iterations === Infinity).length);
  await dial(meera, anita);
  await anita.tab.seesButton('Answer');
  expect(await moving(meera.tab)).toBe(0);
  expect(await moving(anita.tab)).toBe(0);
});

test('it rings at both ends, from pages that were touched, and stops with the answer', async () => {
  const meera = await stage.arrives({ name: 'meera', microphone: 'speaks' });
  const anita = await stage.arrives({ name: 'anita' });
  await dial(meera, anita);
  await anita.tab.seesButton('Answer');
  for (const { tab, name } of [meera, anita]) {
    await until(`${name} hears it ring`, () => tab.evaluate(() => window.testEar.loudness() > 0.01));
  }
  await anita.tab.click('Answer');
  await inCall(anita.tab);
  await inCall(meera.tab);
  for (const { tab, name } of [meera, anita]) {
    await until(`${name} hears no ringing any more`, () => tab.evaluate(() => window.testEar.loudness() < 0.001));
  }
});

test('a hidden tab shows a notification with the caller and the context, and takes it away when it stops ringing', async () => {
  const meera = await stage.arrives({ name: 'meera', query: { name: 'Meera Nair' } });
  const anita = await stage.visits({ name: 'anita', notifications: 'granted' });
  // A headless tab is never hidden and its notifications are shown nowhere: hide it by its word, and write them down.
  await anita.tab.evaluate(() => {
    const shown: { title: string; body: string | undefined; open: boolean }[] = [];
    const Real = Notification;
    const Noted = class extends Real {
      constructor(title: string, options?: NotificationOptions) {
        super(title, options);
        const note = { title, body: options?.body, open: true };
        shown.push(note);
        const close = this.close.bind(this);
        this.close = () => {
          note.open = false;
          close();
        };
      }
    };
    Object.assign(window, { Notification: Noted, notes: shown });
    Object.defineProperty(document, 'hidden', { get: () => true });
    Object.defineProperty(document, 'visibilityState', { get: () => 'hidden' });
  });
  await signIn(anita.tab);
  const notes = (): Promise<unknown[]> => anita.tab.evaluate(() => (window as unknown as { notes: unknown[] }).notes);
  await dial(meera, anita, 'Your order 4711');
  await anita.tab.seesButton('Answer');
  await until('a notification is shown', async () => (await notes()).length === 1);
  expect(await notes()).toEqual([{ title: expect.stringContaining('Meera Nair') as string, body: 'Your order 4711', open: true }]);
  await meera.tab.click('Cancel');
  await anita.tab.seesNoButton('Answer');
  await until('the notification is gone', async () => (await notes()).every(note => !(note as { open: boolean }).open));
});

test('an account’s branding colours the screens', async () => {
  const account = stage.tring.account('branded', '--background', '#7a0019', '--text', '#ffe8d6', '--powered-by', 'hidden',
    '--logo', `${stage.site.origin}/anita.svg`, '--button-theme', 'white');
  const meera = await stage.arrives({ name: 'meera', account });
  const anita = await stage.arrives({ name: 'anita', account });
  await talk(meera, anita);
  await settle(anita.tab);
  await anita.tab.screenshot('screens/branded-ongoing');
  const look = await anita.tab.evaluate(() => {
    const root = [...document.querySelectorAll('*')].find(element => element.shadowRoot)!.shadowRoot!;
    const style = getComputedStyle(root.querySelector('[role=dialog]')!);
    // A shade from a lighter tone of the colour to the colour itself.
    const background = style.backgroundImage.match(/rgb\([^)]*\)/g)?.at(-1);
    return { background, color: style.color, logo: [...root.querySelectorAll('img')].some(image => image.src.endsWith('/anita.svg')) };
  });
  expect(look).toEqual({ background: 'rgb(122, 0, 25)', color: 'rgb(255, 232, 214)', logo: true });
  await anita.tab.seesNoMore('powered by');
  expect(await barriers(anita.tab)).toEqual([]);
});

test('after a minimised call the page can be used as before', async () => {
  const meera = await stage.arrives({ name: 'meera', window: WINDOWS.phone });
  const anita = await stage.arrives({ name: 'anita', window: WINDOWS.phone });
  await talk(meera, anita);
  await anita.tab.click('Minimise');
  await anita.tab.fill('Context', 'typed during the call');
  await inCall(anita.tab);
  await anita.tab.click('Restore');
  await anita.tab.click('Hang up');
  await meera.tab.sees('Call ended');
  await open(anita.tab, anita.address);
});
