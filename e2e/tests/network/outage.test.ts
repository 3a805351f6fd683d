/** Nothing gets through for a while, or only a part of it. */

import { expect } from 'vitest';
import { cutSignalling, outage, suspend } from '../../network/faults.ts';
import { pause } from '../../network/stage.ts';
import { record, judge } from '../../people/person.ts';
import { inLab, peersMade } from './scenario.ts';

inLab('outage', scenario => {
  scenario('nothing gets through for five seconds, and the call goes on', async ({ lab, during, through, expectItGoesOn }) => {
    await through(12, async () => {
      const mend = during(outage(lab));
      setTimeout(mend, 5_000);
    });
    await expectItGoesOn();
  });

  scenario('nothing gets through for forty seconds, and the call goes on', async ({ lab, during, anita, through, expectItGoesOn }) => {
    await through(50, async () => {
      const mend = during(outage(lab));
      setTimeout(mend, 40_000);
      await anita.tab.sees('connection is lost', 30_000);
    });
    await expectItGoesOn();
    await anita.tab.seesNoMore('connection is lost');
  }, { seconds: 240 });

  scenario('signalling is cut: the voices go on, the screen says so, and afterwards it does not', async ({ stage, lab, during, meera, anita, expectItGoesOn }) => {
    const peers = await peersMade(meera);
    const mend = during(cutSignalling(lab, stage.tring.origin));
    await meera.tab.sees('You can go on talking');
    const [atMeera, atAnita] = await Promise.all([record(meera.tab, 4), record(anita.tab, 4)]);
    expect(judge(atMeera.heard, anita, meera).speech.median).toBeGreaterThan(0.8);
    expect(judge(atAnita.heard, meera, anita).speech.median).toBeGreaterThan(0.8);
    mend();
    await meera.tab.seesNoMore('You can go on talking', 20_000);
    expect(await peersMade(meera), 'the path that worked is still used').toBe(peers);
    await expectItGoesOn();
  });

  scenario('a laptop is closed for five seconds, and the call goes on', async ({ lab, during, expectItGoesOn }) => {
    const wake = during(suspend(lab));
    await pause(5);
    wake();
    await expectItGoesOn();
  });
});
