/** Somebody at Debian's Firefox ESR, driven by Puppeteer over WebDriver BiDi. */

import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import puppeteer, { type ElementHandle, type KeyInput, type Page } from 'puppeteer-core';
import { earScript } from '../hearing/ear.ts';
import type { SoundDaemon } from '../hearing/sound-daemon.ts';
import { speechOf } from '../hearing/speech.ts';
import { PATIENCE_MS, until } from '../until.ts';
import { findByRole, findText } from './find.ts';
import { ARTIFACTS, type Equipment, type Person, type Tab } from './person.ts';

/** Starts a browser for somebody, with the sound card that it needs. */
export async function atFirefox(equipment: Equipment, sound: SoundDaemon): Promise<Person> {
  const { name, voice = 'courier', microphone = 'speaks', window = { width: 1024, height: 768 } } = equipment;
  const speech = speechOf(voice, join(ARTIFACTS, 'speech'));
  const program = process.env['FIREFOX'] ?? '/usr/bin/firefox-esr';
  const { place } = equipment;
  const browser = await puppeteer.launch({
    browser: 'firefox',
    executablePath: place?.wrapper(program) ?? program,
    // The browser listens there, and this process, which is here, talks to it through a door at the same port.
    ...(place ? { debuggingPort: await place.reach() } : {}),
    headless: true,
    env: { ...process.env, ...sound.environment },
    extraPrefsFirefox: {
      // Loopback candidates are gathered only for pages that may use the microphone, and only a stored permission counts.
      'permissions.default.microphone': microphone === 'denied' ? 2 : 1,
      'media.navigator.permission.disabled': microphone !== 'denied',
      'media.navigator.streams.fake': microphone !== 'absent',
      'media.peerconnection.ice.loopback': !place,
    },
  });
  const script = earScript({ voice: speech.file });
  const open = async (page: Page): Promise<Tab> => {
    await page.setViewport(window);
    await page.evaluateOnNewDocument(script);
    return tabOf(page, name);
  };
  return {
    name,
    speech,
    tab: await open((await browser.pages())[0] ?? await browser.newPage()),
    newTab: async () => open(await browser.newPage()),
    leave: () => browser.close(),
  };
}

function tabOf(page: Page, name: string): Tab {
  const complaints: string[] = [];
  page.on('pageerror', error => complaints.push(`${name}: ${String(error)}`));
  page.on('console', message => {
    if (message.type() === 'error') complaints.push(`${name}: ${message.text()}`);
  });
  const find = async (role: 'button' | 'textbox', wanted: string): Promise<ElementHandle | null> =>
    (await page.evaluateHandle(findByRole, role, wanted)).asElement() as ElementHandle | null;
  const button = (wanted: string, deadline = PATIENCE_MS) =>
    until(`a button ${wanted}`, () => find('button', wanted), deadline);
  return {
    complaints,
    goto: async url => { await page.goto(url); },
    reload: async () => { await page.reload(); },
    close: () => page.close(),
    click: async wanted => (await button(wanted)).click(),
    async fill(label, value) {
      const field = await until(`a field ${label}`, () => find('textbox', label));
      await field.evaluate(element => { (element as HTMLInputElement).value = ''; });
      await field.type(value);
    },
    press: key => page.keyboard.press(key as KeyInput),
    async sees(wanted, deadline) { await until(`"${wanted}" is seen`, () => page.evaluate(findText, wanted), deadline); },
    async seesNoMore(wanted, deadline) {
      await until(`"${wanted}" is gone`, async () => !await page.evaluate(findText, wanted), deadline);
    },
    async seesButton(wanted, deadline) { await button(wanted, deadline); },
    async seesNoButton(wanted, deadline) {
      await until(`no button ${wanted}`, async () => await find('button', wanted) === null, deadline);
    },
    evaluate: (run, argument) => page.evaluate(run as never, argument as never),
    async screenshot(file) {
      const path = join(ARTIFACTS, `${file}.png`);
      mkdirSync(dirname(path), { recursive: true });
      await page.screenshot({ path: path as `${string}.png` });
    },
  };
}
