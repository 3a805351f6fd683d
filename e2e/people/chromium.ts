/** Somebody at Debian's Chromium, driven by Playwright. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Page } from 'playwright-core';
import { earScript } from '../hearing/ear.ts';
import { speechOf } from '../hearing/speech.ts';
import { PATIENCE_MS } from '../until.ts';
import { ARTIFACTS, type Equipment, type Person, type Tab } from './person.ts';

/** Without it a machine that has nothing but a loopback interface gathers no candidates. */
const LOOPBACK = '--allow-loopback-in-peer-connection';

/** What Chromium is started with on a machine without a screen, a network or sound. */
export const FLAGS = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync',
  LOOPBACK,
];

/** Starts a browser for somebody. */
export async function atChromium(equipment: Equipment): Promise<Person> {
  const { name, voice = 'courier', microphone = 'speaks', udp = 'open', window = { width: 1024, height: 768 } } = equipment;
  const profile = mkdtempSync(join(tmpdir(), 'tring-chromium-'));
  const speech = speechOf(voice, join(ARTIFACTS, 'speech'));
  const program = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
  const args = [...FLAGS];
  if (microphone !== 'absent') {
    args.push('--use-fake-device-for-media-stream', `--use-file-for-fake-audio-capture=${speech.file}`);
  }
  if (microphone === 'speaks') args.push('--use-fake-ui-for-media-stream');
  if (equipment.trusts) args.push(`--ignore-certificate-errors-spki-list=${equipment.trusts}`);
  if (equipment.place) args.splice(args.indexOf(LOOPBACK), 1);
  if (udp === 'blocked') args.push('--webrtc-ip-handling-policy=disable_non_proxied_udp');
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: equipment.place?.wrapper(program) ?? program,
    headless: true,
    args,
    viewport: window,
    colorScheme: equipment.scheme ?? 'light',
    reducedMotion: equipment.motion === 'reduced' ? 'reduce' : 'no-preference',
    permissions: [
      ...(equipment.notifications === 'granted' ? ['notifications'] : []),
      ...(equipment.remembered ? ['microphone'] : []),
    ],
  });
  context.setDefaultTimeout(PATIENCE_MS);
  await context.addInitScript({ content: earScript({}) });
  return {
    name,
    speech,
    tab: tabOf(context.pages()[0] ?? await context.newPage(), name),
    newTab: async () => tabOf(await context.newPage(), name),
    async leave() {
      await context.close();
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

function tabOf(page: Page, name: string): Tab {
  const complaints: string[] = [];
  page.on('pageerror', error => complaints.push(`${name}: ${error.stack ?? error.message}`));
  page.on('console', message => {
    if (message.type() === 'error') complaints.push(`${name}: ${message.text()} (${message.location().url})`);
  });
  const text = (wanted: string) => page.getByText(wanted).filter({ visible: true }).first();
  const button = (wanted: string) => page.getByRole('button', { name: wanted, exact: true }).first();
  return {
    complaints,
    goto: async url => { await page.goto(url); },
    reload: async () => { await page.reload(); },
    close: () => page.close({ runBeforeUnload: false }),
    click: wanted => button(wanted).click(),
    fill: (label, value) => page.getByLabel(label, { exact: true }).fill(value),
    press: key => page.keyboard.press(key),
    sees: (wanted, timeout = PATIENCE_MS) => text(wanted).waitFor({ state: 'visible', timeout }),
    seesNoMore: (wanted, timeout = PATIENCE_MS) => text(wanted).waitFor({ state: 'hidden', timeout }),
    seesButton: (wanted, timeout = PATIENCE_MS) => button(wanted).waitFor({ state: 'visible', timeout }),
    seesNoButton: (wanted, timeout = PATIENCE_MS) => button(wanted).waitFor({ state: 'hidden', timeout }),
    // Playwright's own type unwraps handles in the argument; ours are plain values.
    evaluate: (run, argument) => page.evaluate(run as never, argument as never),
    screenshot: async file => { await page.screenshot({ path: join(ARTIFACTS, `${file}.png`) }); },
  };
}
