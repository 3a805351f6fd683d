/** Every screen of the dashboard with weeks of calls in it: pictures, and that people of every kind can use it. */

import { expect, test } from 'vitest';
import { WINDOWS, type Visitor } from '../../people/member.ts';
import { stage } from './stage.ts';

const scene = stage('dashboard-looks', ['--demo'], tring => { tring.run('demo', '--weeks', '6'); });
const DEMO = { email: 'demo@tring.example', account: 'demo' };

/** The heading that tells that a page is there, by the end of its address. */
const PAGES: Record<string, RegExp> = {
  start: /Get started/,
  statistics: /Statistics/,
  'statistics?days=30': /Statistics/,
  calls: /Calls/,
  branding: /Branding/,
  integration: /Integration/,
  'integration?platform=server': /Integration/,
  'test-call': /Test call/,
  keys: /Keys/,
  tokens: /tokens/i,
  settings: /Settings/,
  members: /Members/,
  audit: /Audit log/,
};

test.each(
  (Object.keys(WINDOWS) as (keyof typeof WINDOWS)[]).flatMap(window => (['light', 'dark'] as const).map(scheme => ({ window, scheme }))),
)('nothing bars anybody on a $window in $scheme', { timeout: 240_000 }, async ({ window, scheme }) => {
  const visitor = await scene.visits({ window, scheme });
  const { page } = visitor;
  const found: string[] = [];
  const look = async (name: string) => {
    await settled(visitor);
    await visitor.picture(`looks/${name}-${window}-${scheme}`);
    found.push(...(await visitor.barriers()).map(barrier => `${name}: ${barrier}`));
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    if (overflow > 0) found.push(`${name}: the page is ${overflow} px wider than the window`);
  };
  for (const door of ['sign-up', 'forgotten', 'sign-in']) {
    await page.goto(`/${door}`);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await look(door);
  }
  // A visitor of the demo finds the form filled in.
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { level: 1, name: 'Statistics' }).waitFor();
  for (const [path, heading] of Object.entries(PAGES)) {
    await page.goto(`/a/${DEMO.account}/${path}`);
    await page.getByRole('heading', { level: 1, name: heading }).waitFor();
    await look(path.replaceAll(/\W+/g, '-'));
  }
  for (const status of ['over', 'declined', 'missed', 'cancelled', 'failed']) {
    await page.goto(`/a/${DEMO.account}/calls?status=${status}`);
    await page.getByRole('link', { name: /\d{1,2}:\d{2}/ }).first().click();
    await page.getByRole('heading', { level: 1, name: /called/ }).waitFor();
    await look(`call-${status}`);
  }
  await page.goto('/profile');
  await page.getByRole('heading', { level: 1 }).waitFor();
  await look('profile');
  await page.goto('/there/is/nothing');
  await page.getByRole('heading', { level: 1 }).waitFor();
  await look('nothing');
  expect(found).toEqual([]);
});

/** Nothing is loading any more, and every chart is drawn. */
async function settled({ page }: Visitor): Promise<void> {
  await page.waitForFunction(() => document.querySelector('main [aria-busy="true"], main [data-loading="true"]') === null);
  await page.evaluate(() => Promise.all(document.getAnimations()
    .filter(animation => animation.effect?.getComputedTiming().iterations !== Infinity)
    .map(animation => animation.finished.catch(() => undefined))));
}
