/** What the charts and their files say, against sums that SQLite makes of the calls themselves. */

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Visitor } from '../../people/member.ts';
import { signInToDemo, stage } from './stage.ts';

const scene = stage('dashboard-figures', ['--demo'], tring => { tring.run('demo', '--weeks', '6'); });

const DAY = 86_400_000;
/** The statuses in the order of the page, and what it calls them. */
const STATUSES = { over: 'Over', declined: 'Declined', missed: 'Missed', cancelled: 'Canceled', failed: 'Failed' } as const;

interface Call { placedAt: number; status: keyof typeof STATUSES }

/** East and west of UTC, one of them by half an hour and one with clocks that are put back in autumn. */
const ZONES = ['Asia/Kolkata', 'America/New_York'];

test.each(ZONES)('thirty days in %s: table, CSV, workbook and PDF', { timeout: 180_000 }, async zone => {
  const visitor = await scene.visits({ zone });
  await signInToDemo(visitor);
  const { page } = visitor;
  await page.getByRole('radiogroup', { name: 'Duration' }).getByText('30 days', { exact: true }).click();
  const [first, last] = lastDays(30, zone);
  await page.getByText(`${first} to ${last}, in the days of ${zone}`).waitFor();
  await page.waitForFunction(() => document.querySelector('main [aria-busy="true"]') === null);

  const days = callsOfDays(zone).filter(({ day }) => day >= first && day <= last);
  expect(days.length, 'calls to count').toBeGreaterThan(300);
  const ofStatus = (calls: { status: string }[]) => Object.keys(STATUSES).map(status => calls.filter(call => call.status === status).length);

  const totals = ofStatus(days);
  const status = Object.values(STATUSES).map((label, at) => [label, totals[at]!]);
  expect((await table(visitor, 'Call status')).map(row => row.slice(0, 2))).toEqual(status.map(row => row.map(text)));
  expect((await csv(visitor, 'Call status')).slice(1).map(row => row.slice(0, 2))).toEqual(status.map(row => row.map(String)));
  expect((await workbook(visitor, 'Call status')).slice(1).map(row => row.slice(0, 2))).toEqual(status);
  const pdf = await download(visitor, 'Call status', 'PDF document');
  expect(pdf.subarray(0, 5).toString('latin1')).toBe('%PDF-');
  expect(pdf.subarray(-16).toString('latin1').trimEnd().endsWith('%%EOF')).toBe(true);

  const volumes = 'Call volumes across the day';
  for (const [choice, bucket] of Object.entries(BUCKETS)) {
    await page.getByRole('radiogroup', { name: 'Each point of the charts over time' }).getByText(choice, { exact: true }).click();
    const names = [...new Set(allDays(first, last).map(day => bucket(day, first)))];
    const wanted = names.map(name => {
      const counts = ofStatus(days.filter(({ day }) => bucket(day, first) === name));
      return [name, ...counts, counts.reduce((sum, count) => sum + count)];
    });
    await expect.poll(() => table(visitor, volumes), { message: choice, timeout: 10_000 }).toEqual(wanted.map(row => row.map(text)));
    expect((await csv(visitor, volumes)).slice(1), `${choice} as CSV`).toEqual(wanted.map(row => row.map(String)));
    expect((await workbook(visitor, volumes)).slice(1), `${choice} as a workbook`).toEqual(wanted);
  }
});

test('the log of one status holds as many calls on its pages as in its file', { timeout: 120_000 }, async () => {
  const visitor = await scene.visits();
  await signInToDemo(visitor);
  const { page } = visitor;
  await page.goto('/a/demo/calls?status=declined');
  const wanted = callsOfDays('UTC').filter(({ status }) => status === 'declined').length;
  expect(wanted, 'more than a page').toBeGreaterThan(50);
  const more = page.getByRole('button', { name: 'Load more' });
  const all = page.getByText(/^\d+ calls, all that match$/);
  await more.waitFor();
  for (let shown = 50; shown < wanted; shown += 50) {
    await more.click();
    await page.getByText(shown + 50 < wanted ? `${shown + 50} calls shown` : `${wanted} calls, all that match`).waitFor();
  }
  expect(await all.textContent()).toBe(`${wanted} calls, all that match`);
  expect(await page.getByRole('link', { name: /\d{1,2}:\d{2}:\d{2}/ }).count()).toBe(wanted);
  const file = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Download as CSV' }).click();
  const [heads, ...rows] = cells(readFileSync(await (await file).path(), 'utf8'));
  expect(rows.length).toBe(wanted);
  const at = heads!.findIndex(head => /^status$/i.test(head));
  expect(new Set(rows.map(row => row[at]))).toEqual(new Set(['declined']));
});

/** What a point of each interval is called: a week by its Monday, unless the range begins later. */
const BUCKETS: Record<string, (day: string, first: string) => string> = {
  Daily: day => day,
  Weekly: (day, first) => {
    const monday = moved(day, -((new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7));
    return monday < first ? first : monday;
  },
  Monthly: day => day.slice(0, 7),
};

/** Every ended call of the demo with the day on which it was placed, as SQLite and the zone's own clocks have it. */
function callsOfDays(zone: string): (Call & { day: string })[] {
  const calls = scene.tring.query<Call>(
    "select placed_at as placedAt, status from calls where account_id = 'demo' and ended_at is not null");
  const calendar = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short' });
  return calls.map(call => ({ ...call, day: calendar.format(call.placedAt) }));
}

function lastDays(count: number, zone: string): [string, string] {
  const today = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short' }).format(Date.now());
  return [moved(today, 1 - count), today];
}

function allDays(first: string, last: string): string[] {
  const days = [];
  for (let day = first; day <= last; day = moved(day, 1)) days.push(day);
  return days;
}

function moved(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY).toISOString().slice(0, 10);
}

/** As the page writes it for people. */
function text(cell: string | number): string {
  return typeof cell === 'number' ? cell.toLocaleString('en') : cell;
}

/** The rows below the heads of the chart's table. */
async function table({ page }: Visitor, title: string): Promise<string[][]> {
  const toggle = page.getByRole('button', { name: `Show as table: ${title}` });
  if (await toggle.isVisible()) await toggle.click();
  const rows = page.getByRole('region', { name: `${title}, table` }).getByRole('row');
  await rows.first().waitFor();
  return rows.evaluateAll(found => found.slice(1).map(row => [...row.children].map(cell => cell.textContent ?? '')));
}

async function csv(visitor: Visitor, title: string): Promise<string[][]> {
  return cells((await download(visitor, title, 'CSV table')).toString('utf8'));
}

/** RFC 4180, without line breaks in cells, which no chart has. */
function cells(file: string): string[][] {
  return file.replace(/^\uFEFF/, '').trimEnd().split(/\r?\n/).map(line =>
    [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, quoted, bare]) => quoted?.replaceAll('""', '"') ?? bare ?? ''));
}

/** The first sheet as another reader of workbooks has it: Python's ZIP and XML. */
async function workbook(visitor: Visitor, title: string): Promise<(string | number)[][]> {
  const file = await download(visitor, title, 'Excel workbook');
  const read = `
import io, json, sys, zipfile
from xml.etree import ElementTree
book = zipfile.ZipFile(io.BytesIO(sys.stdin.buffer.read()))
assert book.testzip() is None
n = '{http://schemas.openxmlformats.org/spreadsheetml/2006/main}'
shared = []
if 'xl/sharedStrings.xml' in book.namelist():
    shared = [''.join(t.text or '' for t in s.iter(n + 't')) for s in ElementTree.fromstring(book.read('xl/sharedStrings.xml'))]
rows = []
for row in ElementTree.fromstring(book.read('xl/worksheets/sheet1.xml')).iter(n + 'row'):
    cells = []
    for c in row.iter(n + 'c'):
        v = c.find(n + 'v')
        kind = c.get('t')
        if kind == 's': cells.append(shared[int(v.text)])
        elif kind in ('inlineStr', 'str'): cells.append(''.join(t.text or '' for t in c.iter(n + 't')) or (v.text if v is not None else ''))
        elif v is not None: cells.append(float(v.text))
    rows.append(cells)
print(json.dumps(rows))`;
  return JSON.parse(execFileSync('python3', ['-c', read], { input: file, encoding: 'utf8' })) as (string | number)[][];
}

async function download({ page }: Visitor, title: string, format: string): Promise<Buffer> {
  await page.getByRole('button', { name: `Download or print: ${title}` }).click();
  const file = page.waitForEvent('download');
  await page.getByRole('menuitem', { name: format }).click();
  return readFileSync(await (await file).path());
}
