/** A member of an account at the dashboard, in Debian's Chromium. They find things by role and label, as a reader would. */

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type BrowserContext, type Page } from 'playwright-core';
import { speechOf } from '../hearing/speech.ts';
import { PATIENCE_MS } from '../until.ts';
import { FLAGS } from './chromium.ts';
import { ARTIFACTS } from './person.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** The windows that every screen is looked at in. */
export const WINDOWS = { phone: { width: 360, height: 740 }, desktop: { width: 1440, height: 900 } } as const;

/** What a member has before them. */
export interface Desk {
  window?: keyof typeof WINDOWS;
  scheme?: 'light' | 'dark';
  /** Of the viewer, by its IANA name. */
  zone?: string;
  /** The server whose pages are opened by path. */
  origin: string;
}

/** Somebody at the dashboard. */
export interface Visitor {
  page: Page;
  /** Errors that pages reported. */
  complaints: string[];
  /** What axe finds wrong with the page, in words. */
  barriers(): Promise<string[]>;
  /** Writes the whole page to `artifacts/dashboard/<file>.png`. */
  picture(file: string): Promise<void>;
  leave(): Promise<void>;
}

/** Opens a browser with a profile of its own. */
export async function atDashboard({ window = 'desktop', scheme = 'light', zone = 'Asia/Kolkata', origin }: Desk): Promise<Visitor> {
  const profile = mkdtempSync(join(tmpdir(), 'tring-member-'));
  const speech = speechOf('courier', join(ARTIFACTS, 'speech'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    headless: true,
    args: [...FLAGS, '--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream', `--use-file-for-fake-audio-capture=${speech.file}`],
    viewport: WINDOWS[window],
    colorScheme: scheme,
    timezoneId: zone,
    locale: 'en-GB',
    baseURL: origin,
    acceptDownloads: true,
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  context.setDefaultTimeout(PATIENCE_MS);
  const complaints = listen(context);
  const page = context.pages()[0] ?? await context.newPage();
  return {
    page,
    complaints,
    barriers: () => barriers(page),
    async picture(file) {
      await page.screenshot({ path: join(ARTIFACTS, 'dashboard', `${file}.png`), fullPage: true, animations: 'disabled' });
    },
    async leave() {
      await context.close();
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

function listen(context: BrowserContext): string[] {
  const complaints: string[] = [];
  context.on('weberror', error => complaints.push(error.error().stack ?? error.error().message));
  context.on('console', message => {
    if (message.type() === 'error') complaints.push(`${message.text()} (${message.location().url})`);
  });
  return complaints;
}

/** The page's own policy lets no foreign script in; axe comes by the debugger, which it does not concern. */
async function barriers(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  return page.evaluate(async () => {
    type Violation = { id: string; help: string; nodes: { target: unknown[]; failureSummary?: string }[] };
    const { axe } = window as unknown as { axe: { run(context: unknown, options: unknown): Promise<{ violations: Violation[] }> } };
    // Frames hold the SDK's own screens, which have tests of their own, drawn smaller.
    const { violations } = await axe.run(document, { iframes: false });
    return violations.flatMap(({ id, help, nodes }) =>
      nodes.map(node => `${id}: ${help} at ${JSON.stringify(node.target)} ${node.failureSummary ?? ''}`));
  });
}
