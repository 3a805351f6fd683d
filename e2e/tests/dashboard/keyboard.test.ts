/** The whole of the dashboard's main path by somebody who has no mouse; what has the focus can always be told. */

import { readFileSync } from 'node:fs';
import type { Locator, Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { until } from '../../until.ts';
import { stage } from './stage.ts';

const scene = stage('dashboard-keyboard');

/** More stops than any page has before what is looked for. */
const STOPS = 90;

test('sign up, a key, a colour, a call, its figures and its story, with the keyboard alone', { timeout: 180_000 }, async () => {
  const { page } = await scene.visits();
  await page.goto('/sign-up');
  await page.getByRole('heading', { level: 1, name: 'Sign up' }).waitFor();
  await write(page, page.getByLabel('Your name'), 'Anita Rao');
  await write(page, page.getByLabel('Name of the account'), 'Acme Sweets');
  await write(page, page.getByLabel('Email'), 'anita@acme.example');
  await write(page, page.getByRole('textbox', { name: 'Password' }), 'correct horse battery');
  await page.keyboard.press('Enter');
  await arrives(page, 'Get started');

  await skipsTheMenu(page);
  await makesAKey(page);
  await choosesAColour(page);
  await callsOneself(page);
  await readsFigures(page);

  await follow(page, 'Calls');
  const call = page.getByRole('link', { name: /\d{1,2}:\d{2}:\d{2}/ }).first();
  await call.waitFor();
  await press(page, call);
  await arrives(page, /called/);
  await page.getByText(/hung up/i).first().waitFor();
  await press(page, page.getByRole('link', { name: 'All calls' }));
  await arrives(page, 'Calls');
});

/** The first stop of a loaded page leads past everything that all pages have. */
async function skipsTheMenu(page: Page): Promise<void> {
  await page.reload();
  await page.getByRole('heading', { level: 1, name: 'Get started' }).waitFor();
  const skip = page.getByRole('link', { name: 'Skip to the page' });
  await page.keyboard.press('Tab');
  expect(await isFocused(skip)).toBe(true);
  await until('the link is seen', async () => ((await skip.boundingBox())?.y ?? -1) >= 0);
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  expect(await page.evaluate(() => document.activeElement?.closest('main') !== null), 'the next stop is in the page').toBe(true);
}

async function makesAKey(page: Page): Promise<void> {
  await follow(page, 'Keys');
  const opener = page.getByRole('button', { name: 'New apikey' });
  await opener.waitFor();
  await press(page, opener);
  const dialog = page.getByRole('dialog', { name: 'New apikey' });
  // The dialog gives its field the focus, and nothing behind it can have it.
  await until('the field has the focus', () => isFocused(dialog.getByLabel('Name')));
  for (let stop = 0; stop < 8; stop++) {
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.closest('[role=dialog]') !== null), 'the focus is in the dialog').toBe(true);
  }
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'hidden' });
  await until('the focus is back where the dialog was opened', () => isFocused(opener));
  await page.keyboard.press('Enter');
  await until('the field has the focus', () => isFocused(dialog.getByLabel('Name')));
  await page.keyboard.type('Shop without a mouse');
  await press(page, dialog.getByRole('button', { name: 'Make the key' }));
  await page.getByText('Shop without a mouse').first().waitFor();
  await until('the focus is back where the dialog was opened', () => isFocused(opener));
}

async function choosesAColour(page: Page): Promise<void> {
  await follow(page, 'Branding');
  // The drawn call screens are none of a call, which would take the focus.
  await page.frameLocator('iframe[title="Ongoing call screen on Android"]').getByText('Ravi').first().waitFor();
  expect(await isFocused(page.getByRole('main'))).toBe(true);
  const content = page.getByRole('tab', { name: 'Content' });
  await content.waitFor();
  await tabTo(page, content);
  await page.keyboard.press('ArrowRight');
  await until('the other tab has the focus', () => isFocused(page.getByRole('tab', { name: 'Style' })));
  await write(page, page.getByRole('textbox', { name: 'Background colour' }), '#0b5d4b');
  await page.getByText(/^Contrast \d+(\.\d)? : 1/).waitFor();
  await press(page, page.getByRole('button', { name: 'Save' }));
  await page.getByText('Saved. Devices that are signed in show it now.').waitFor();
  await expectFocus(page);
}

async function callsOneself(page: Page): Promise<void> {
  await follow(page, 'Test call');
  const customer = page.frameLocator('iframe[title="Anita’s phone"]');
  const courier = page.frameLocator('iframe[title="Ravi’s phone"]');
  await courier.getByText('Ready').waitFor();
  await press(page, customer.getByRole('button', { name: 'Call Ravi' }));
  const answer = courier.getByRole('button', { name: 'Answer' });
  await answer.waitFor();
  await press(page, answer);
  for (const phone of [customer, courier]) await phone.getByText(/^00:0[1-9]$/).waitFor();
  await press(page, courier.getByRole('button', { name: 'Hang up' }));
  await page.getByText('The call ended: over.').first().waitFor();
}

async function readsFigures(page: Page): Promise<void> {
  await follow(page, 'Statistics');
  const asTable = page.getByRole('button', { name: 'Show as table: Call status' });
  await asTable.waitFor();
  await press(page, asTable);
  await page.getByRole('row', { name: /^Over 1 / }).waitFor();
  await expectFocus(page);
  await page.keyboard.press('Enter');
  await page.getByRole('img', { name: /^Call status/ }).waitFor();
  await expectFocus(page);

  const menu = page.getByRole('button', { name: 'Download or print: Call status' });
  await press(page, menu);
  const csv = page.getByRole('menuitem', { name: 'CSV table' });
  await csv.waitFor();
  for (let stop = 0; stop < 10 && !await isFocused(csv); stop++) await page.keyboard.press('ArrowDown');
  const download = page.waitForEvent('download');
  await page.keyboard.press('Enter');
  expect(readFileSync(await (await download).path(), 'utf8')).toMatch(/^\uFEFFStatus,Calls,.*\r\nOver,1,100,/);
  await until('the focus is back on the menu’s button', () => isFocused(menu));
}

/** Goes to a page by the menu at the left. */
async function follow(page: Page, label: string): Promise<void> {
  await press(page, page.getByRole('navigation').getByRole('link', { name: label, exact: true }));
  await arrives(page, label);
}

/** The new page is there and has the focus, so that a screen reader begins with it. */
async function arrives(page: Page, heading: string | RegExp): Promise<void> {
  await page.getByRole('heading', { level: 1, name: heading, exact: true }).waitFor();
  await until('the new page has the focus', () => isFocused(page.getByRole('main')));
}

async function press(page: Page, wanted: Locator): Promise<void> {
  await tabTo(page, wanted);
  await page.keyboard.press('Enter');
  await expectFocus(page);
}

/** Writes into a field in place of what it holds. */
async function write(page: Page, field: Locator, text: string): Promise<void> {
  await tabTo(page, field);
  await page.keyboard.press('Control+a');
  await page.keyboard.type(text);
}

/** Presses Tab until `wanted` has the focus. */
async function tabTo(page: Page, wanted: Locator): Promise<void> {
  for (let stop = 0; stop < STOPS; stop++) {
    if (await isFocused(wanted)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`Tab does not lead to ${wanted}`);
}

/** Whether an element has the focus, also one in a frame or a shadow root. */
function isFocused(wanted: Locator): Promise<boolean> {
  return wanted.evaluate(element =>
    element.ownerDocument.hasFocus() && (element.getRootNode() as Document | ShadowRoot).activeElement === element);
}

/** What had the focus may be gone, but then something else was given it. */
async function expectFocus(page: Page): Promise<void> {
  await until('something has the focus', () => page.evaluate(() => document.activeElement !== document.body));
}
