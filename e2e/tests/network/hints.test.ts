/** Whose network is weak is read on both screens, whichever way it loses. */

import { inLab } from './scenario.ts';

/** So much that neither redundancy nor sending again hides it. */
const MUCH = 0.45;
const CLEAN = { loss: 0 };

inLab('hints', scenario => {
  scenario('the weak network is called hers by one side and theirs by the other, up and down', async ({ lab, meera, anita, expectItGoesOn }) => {
    for (const way of ['up', 'down'] as const) {
      await lab.impair({ up: CLEAN, down: CLEAN, [way]: { loss: MUCH } });
      await Promise.all([meera.tab.sees('Your network is weak'), anita.tab.sees('Their network is weak')]);
      await lab.impair({ up: CLEAN, down: CLEAN });
      await Promise.all([meera, anita].map(({ tab }) => tab.seesNoMore('network is weak')));
    }
    await expectItGoesOn();
  }, { seconds: 240 });
});
