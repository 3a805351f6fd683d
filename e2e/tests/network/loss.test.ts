/** A bad network is not a dead one. */

import { expect } from 'vitest';
import { pause } from '../../network/stage.ts';
import { inLab, peersMade } from './scenario.ts';

inLab('loss', scenario => {
  scenario('a fifth of all packets is lost for a minute, speaking, muted and on hold, and no path is given up for it', async ({ lab, meera, anita, expectItGoesOn }) => {
    const made = await Promise.all([meera, anita].map(peersMade));
    await lab.impair({ up: { loss: 0.2 }, down: { loss: 0.2 } });
    await pause(15);
    await meera.tab.click('Mute');
    await anita.tab.sees('is muted');
    await pause(15);
    await anita.tab.click('Mute');
    await pause(15);
    await anita.tab.click('Unmute');
    await meera.tab.click('Unmute');
    await anita.tab.click('Hold');
    await meera.tab.sees('You are on hold');
    await pause(15);
    await anita.tab.click('Resume');
    await meera.tab.seesNoMore('You are on hold');
    expect(await Promise.all([meera, anita].map(peersMade)), 'connections opened').toEqual(made);
    const { up, down } = await lab.impair({ up: { loss: 0 }, down: { loss: 0 } });
    for (const { passed, lost } of [up, down]) expect(lost / (passed + lost)).toBeGreaterThan(0.1);
    await expectItGoesOn();
  }, { seconds: 240, page: 'native' });
});
