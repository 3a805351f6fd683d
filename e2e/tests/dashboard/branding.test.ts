/** What a member saves in the dashboard is seen at once by people who are on an integrator's page, in a call or not. */

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { crc32, deflateSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { startSite, type Site } from '../../pages/serve.ts';
import { atChromium } from '../../people/chromium.ts';
import type { Visitor } from '../../people/member.ts';
import type { Tab } from '../../people/person.ts';
import { until } from '../../until.ts';
import { dial, open, signIn as signInAtShop, type Guest } from '../scene.ts';
import { goTo, signIn, signUp, stage } from './stage.ts';

const ANITA = { name: 'Anita Rao', account: 'Acme Sweets', email: 'anita@acme.example', password: 'correct horse battery' };

// A logo comes from this very machine, which a server on the internet would not ask.
vi.stubEnv('TRING__OUTBOUND__ALLOW_PRIVATE', 'true');
const dashboard = stage('dashboard-branding');

let account = { accountId: '', apikey: '' };
let shop: Site;
beforeAll(async () => {
  shop = await startSite();
  const anita = await dashboard.visits();
  const accountId = await signUp(anita, ANITA);
  await goTo(anita, 'Keys');
  const apikey = (await anita.page.getByText(/^pk_/).first().textContent())?.trim() ?? '';
  account = { accountId, apikey };
  await anita.leave();
});

const guests: Guest[] = [];
afterEach(async () => {
  const complaints = guests.flatMap(({ tab }) => tab.complaints);
  await Promise.all(guests.splice(0).map(guest => guest.leave()));
  expect(complaints, 'errors that the shop’s page reported').toEqual([]);
});
afterAll(() => shop.close());

test('a colour reaches a screen that rings and one that calls, without a reload', { timeout: 60_000 }, async () => {
  const meera = await arrives('meera');
  const ravi = await arrives('ravi');
  const anita = await dashboard.visits();
  await signIn(anita, ANITA);
  await goTo(anita, 'Branding');
  await anita.page.getByRole('tab', { name: 'Style' }).click();

  await dial(meera, ravi);
  await ravi.tab.seesButton('Answer');
  await meera.tab.seesButton('Cancel');
  for (const [colour, drawn] of [['#7a0019', 'rgb(122, 0, 25)'], ['#0b5d4b', 'rgb(11, 93, 75)']] as const) {
    await anita.page.getByRole('textbox', { name: 'Background colour' }).fill(colour);
    await anita.page.getByRole('button', { name: 'Save' }).click();
    for (const { tab, name } of [ravi, meera]) {
      await until(`${name} sees ${colour}`, async () => (await screen(tab)).background === drawn);
    }
  }
  await ravi.tab.click('Decline');
  await ravi.tab.seesNoButton('Decline');
  await meera.tab.seesNoButton('Cancel');
});

test('a logo from a file is in the preview before it is saved, and on the shop’s page after', { timeout: 60_000 }, async () => {
  dashboard.tolerate(/4(13|15|22) /);
  const meera = await arrives('meera');
  const ravi = await arrives('ravi');
  const anita = await dashboard.visits();
  await signIn(anita, ANITA);
  await goTo(anita, 'Branding');

  await upload(anita, 'logo.svg', 'image/png', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'));
  await anita.page.getByRole('alert').getByText('This is an SVG, which can carry scripts and is not taken.').waitFor();
  await upload(anita, 'large.png', 'image/png', Buffer.concat([png(8, 8), Buffer.alloc(3 * 1024 * 1024)]));
  await anita.page.getByRole('alert').getByText('2 MB').waitFor();
  expect(await anita.page.getByRole('img', { name: 'The brand logo' }).count(), 'what was refused is not shown').toBe(0);

  await upload(anita, 'logo.png', 'image/png', png(900, 300));
  const logo = anita.page.getByRole('img', { name: 'The brand logo' });
  await logo.waitFor();
  const address = await logo.getAttribute('src') ?? '';
  expect(new URL(address).origin).toBe(dashboard.tring.origin);
  await until('the preview shows it', () => anita.page.frameLocator('iframe[title="Incoming call screen on Android"]')
    .locator(`img[src="${address}"]`).first().evaluate(image => (image as HTMLImageElement).naturalWidth === 512));

  await dial(meera, ravi);
  await ravi.tab.seesButton('Answer');
  expect((await screen(ravi.tab)).logos, 'it is not saved yet').not.toContain(address);
  await anita.page.getByRole('button', { name: 'Save' }).click();
  await until('the ringing screen shows it', async () => (await screen(ravi.tab)).logos.includes(address));
  await ravi.tab.click('Decline');
  await meera.tab.seesNoButton('Cancel');
});

test('a logo from an address is fetched once and kept', { timeout: 60_000 }, async () => {
  dashboard.tolerate(/4\d\d |50\d /);
  const anita = await dashboard.visits();
  await signIn(anita, ANITA);
  await goTo(anita, 'Branding');
  const site = createServer((request, response) => {
    if (request.url === '/logo.png') response.writeHead(200, { 'content-type': 'image/png' }).end(png(64, 64));
    else response.writeHead(404).end();
  });
  await new Promise<void>(resolve => site.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(site.address() as AddressInfo).port}`;
  const { page } = anita;

  await page.getByLabel('Image URL').fill(`${origin}/gone.png`);
  await page.getByRole('button', { name: 'Use' }).click();
  await page.getByRole('alert').waitFor();

  await page.getByLabel('Image URL').fill(`${origin}/logo.png`);
  await page.getByLabel('Image URL').press('Enter');
  await until('the field is empty again', async () => await page.getByLabel('Image URL').inputValue() === '');
  site.close();
  site.closeAllConnections();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Saved. Devices that are signed in show it now.').waitFor();
  // Its own site is gone; the page has it from Tring.
  await page.reload();
  const logo = page.getByRole('img', { name: 'The brand logo' });
  await until('it is drawn', () => logo.evaluate(image => (image as HTMLImageElement).naturalWidth === 64));
  expect(new URL(await logo.getAttribute('src') ?? '').origin).toBe(dashboard.tring.origin);

  await page.getByRole('button', { name: 'Remove' }).click();
  await page.getByRole('button', { name: 'Save' }).click();
  await logo.waitFor({ state: 'hidden' });
});

/** Somebody signs in on the shop's page, which belongs to the account. */
async function arrives(name: string): Promise<Guest> {
  const person = await atChromium({ name });
  const cuid = `${name}_n${guests.length}`;
  const query = new URLSearchParams({ server: dashboard.tring.origin, ...account, cuid });
  const guest = { ...person, cuid, address: `${shop.origin}/integrator.html?${query}` };
  guests.push(guest);
  await open(guest.tab, guest.address);
  await signInAtShop(guest.tab);
  return guest;
}

/** Picks a file as a person does, by the button that opens the system's dialog. */
async function upload({ page }: Visitor, name: string, mimeType: string, buffer: Buffer): Promise<void> {
  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Upload' }).click();
  await (await chooser).setFiles({ name, mimeType, buffer });
}

/** The call screen's own colour, at the end of its shade, and the pictures in it. */
function screen(tab: Tab): Promise<{ background: string | undefined; logos: string[] }> {
  return tab.evaluate(() => {
    const root = [...document.querySelectorAll('*')].find(element => element.shadowRoot?.querySelector('[role=dialog]'))?.shadowRoot;
    const card = root?.querySelector('[role=dialog]');
    return {
      background: card ? getComputedStyle(card).backgroundImage.match(/rgb\([^)]*\)/g)?.at(-1) : undefined,
      logos: [...root?.querySelectorAll('img') ?? []].map(image => image.src),
    };
  });
}

/** A red picture of these pixels. */
function png(width: number, height: number): Buffer {
  const chunk = (type: string, data: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(data.length);
    sum.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, sum]);
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 2], 8); // eight bits of red, green and blue
  const line = Buffer.concat([Buffer.from([0]), Buffer.alloc(width * 3, Buffer.from([200, 30, 30]))]);
  const lines = Buffer.concat(Array.from({ length: height }, () => line));
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), chunk('IHDR', head), chunk('IDAT', deflateSync(lines)), chunk('IEND', Buffer.alloc(0)),
  ]);
}
