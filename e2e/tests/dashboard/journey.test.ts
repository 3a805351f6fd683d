/** From a stranger to an exported chart, as a person does it: each step by what can be seen and named. */

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Visitor } from '../../people/member.ts';
import { WINDOWS } from '../../people/member.ts';
import { goTo, signUp, stage } from './stage.ts';

const scene = stage('dashboard-journey');
const PASSWORD = 'correct horse battery';

test.each(Object.keys(WINDOWS) as (keyof typeof WINDOWS)[])(
  'sign up, keys, branding, test call, log, explanation, export: on a %s',
  { timeout: 120_000 },
  async window => {
    // Only the first may sign up by themselves; who comes later is invited.
    const anita = await scene.visits({ window });
    const { page } = anita;
    if (window === 'phone') {
      const account = await signUp(anita, { name: 'Anita Rao', account: 'Acme Sweets', email: 'anita@acme.example', password: PASSWORD });
      expect(account).toMatch(/^acc_/);
    } else {
      await page.goto('/');
      await page.getByLabel('Email').fill('anita@acme.example');
      await page.getByRole('textbox', { name: 'Password' }).fill(PASSWORD);
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.getByRole('heading', { level: 1, name: 'Statistics' }).waitFor();
    }
    await anita.picture(`journey/${window}-1-arrived`);

    await goTo(anita, 'Keys');
    await page.getByRole('button', { name: 'New apikey' }).click();
    await page.getByRole('dialog').getByLabel('Name').fill(`Shop on a ${window}`);
    await page.getByRole('dialog').getByRole('button', { name: "Make the key" }).click();
    await page.getByText(`Shop on a ${window}`).first().waitFor();
    await anita.picture(`journey/${window}-2-keys`);

    await brand(anita, window);
    await callOneself(anita, window);

    // The call is in the log, with the reason and what it means.
    await page.getByRole('link', { name: 'See it in the call log' }).click();
    await page.getByRole('heading', { level: 1, name: 'Calls' }).waitFor();
    await page.getByText('test_customer_').first().waitFor();
    await anita.picture(`journey/${window}-5-log`);
    await page.getByRole('link', { name: /\d{1,2}:\d{2}/ }).first().click();
    await page.getByRole('heading', { level: 1, name: /called/ }).waitFor();
    await page.getByText(/hung up/i).first().waitFor();
    await anita.picture(`journey/${window}-6-call`);

    await exportsOf(anita, window);
  },
);

async function brand(anita: Visitor, window: string): Promise<void> {
  const { page } = anita;
  await goTo(anita, 'Branding');
  await page.getByRole('tab', { name: 'Style' }).click();
  const colour = window === 'phone' ? '#7a1f3d' : '#0b5d4b';
  await page.getByRole('textbox', { name: 'Background colour' }).fill(colour);
  await page.getByText(/^Contrast \d+(\.\d)? : 1/).waitFor();
  // The preview follows before anything is saved.
  const incoming = page.frameLocator('iframe[title="Incoming call screen on Android"]');
  const [red, green, blue] = [1, 3, 5].map(at => Number.parseInt(colour.slice(at, at + 2), 16));
  await expect.poll(() => incoming.locator('section.card').evaluate(card => card.style.getPropertyValue('--background')))
    .toBe(`rgb(${red} ${green} ${blue})`);
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Saved. Devices that are signed in show it now.').waitFor();
  await anita.picture(`journey/${window}-3-branding`);
}

async function callOneself(anita: Visitor, window: string): Promise<void> {
  const { page } = anita;
  await goTo(anita, 'Test call');
  const customer = page.frameLocator('iframe[title="Anita’s phone"]');
  const courier = page.frameLocator('iframe[title="Ravi’s phone"]');
  const look = (title: string) => page.locator(`iframe[title="${title}"]`).evaluate(frame => frame.scrollIntoView({ block: 'end' }));
  await courier.getByText('Ready').waitFor();
  await look('Anita’s phone');
  await customer.getByRole('button', { name: 'Call Ravi' }).click();
  await look('Ravi’s phone');
  await courier.getByRole('button', { name: 'Answer' }).click();
  for (const phone of [customer, courier]) await phone.getByRole('button', { name: 'Hang up' }).waitFor();
  // Both have heard each other once the timer takes the place of "Connecting…".
  for (const phone of [customer, courier]) await phone.getByText(/^00:0[1-9]$/).waitFor();
  await anita.picture(`journey/${window}-4-test-call`);
  await look('Ravi’s phone');
  await courier.getByRole('button', { name: 'Hang up' }).click();
  await page.getByText('The call ended: over.').first().waitFor();
}

async function exportsOf(anita: Visitor, window: string): Promise<void> {
  const { page } = anita;
  await goTo(anita, 'Statistics');
  await page.getByRole('heading', { name: 'Call status' }).waitFor();
  await anita.picture(`journey/${window}-7-statistics`);
  const begins: Record<string, Buffer> = {
    'PNG image': Buffer.from('\x89PNG', 'latin1'),
    'SVG drawing': Buffer.from('<svg'),
    'PDF document': Buffer.from('%PDF-'),
    'CSV table': Buffer.from('\ufeff'),
    'Excel workbook': Buffer.from('PK'),
  };
  for (const [format, start] of Object.entries(begins)) {
    await page.getByRole('button', { name: 'Download or print: Call status' }).click();
    const download = page.waitForEvent('download');
    await page.getByRole('menuitem', { name: format }).click();
    const file = readFileSync(await (await download).path());
    expect(file.subarray(0, 200).includes(start), `${format} begins as such a file does`).toBe(true);
    expect(file.byteLength).toBeGreaterThan(100);
    if (format === 'CSV table') expect(file.toString('utf8')).toMatch(/Over"?,"?[1-9]/);
  }
}
