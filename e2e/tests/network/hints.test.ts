/** Whose network is weak is read on both screens, whichever way it loses. */

import { inLab } from './scenario.ts';

/** So much that neither redundancy nor sending again hides it. */
const MUCH = 0.45;
const CLEAN = { loss: 0 };
/** A hint comes after six seconds of loss, and goes after nine without; the rest is patience with a busy machine. */
const WITHIN_MS = 30_000;

inLab('hints', scenario => {
  scenario('the weak network is called hers by one side and theirs by the other, up and down', async ({ lab, meera, anita, expectItGoesOn }) => {
    for (const way of ['up', 'down'] as const) {
      await lab.impair({ up: CLEAN, down: CLEAN, [way]: { loss: MUCH } });
      await Promise.all([meera.tab.sees('Your network is weak', WITHIN_MS), anita.tab.sees('Their network is weak', WITHIN_MS)]);
      await lab.impair({ up: CLEAN, down: CLEAN });
      await Promise.all([meera, anita].map(({ tab }) => tab.seesNoMore('network is weak', WITHIN_MS)));
    }
    await expectItGoesOn();
  }, { seconds: 240 });
});
