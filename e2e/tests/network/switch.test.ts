/** The path that a call takes disappears, and there is another. */

import { expect } from 'vitest';
import { blackhole, translateAddresses, unplug } from '../../network/faults.ts';
import { inLab } from './scenario.ts';

inLab('switch', scenario => {
  scenario('the active interface is gone, and the call goes on over the other', async ({ lab, during, through, expectItGoesOn }) => {
    await through(6, () => void during(unplug(lab, 'wlan0')));
    const before = lab.packets('wwan0');
    await expectItGoesOn();
    expect(lab.packets('wwan0') - before, 'all sound takes the interface that is left').toBeGreaterThan(100);
  });

  scenario('nothing gets through the active interface any more, and the call goes on over the other', async ({ lab, during, through, expectItGoesOn }) => {
    await through(8, () => void during(blackhole(lab, 'wlan0')));
    // A phone that finds its Wi-Fi dead sends by the other interface from now on.
    lab.client.ip('route', 'replace', 'default', 'via', '10.77.2.1', 'dev', 'wwan0', 'metric', '5');
    during(() => void lab.client.ip('route', 'del', 'default', 'via', '10.77.2.1', 'dev', 'wwan0', 'metric', '5'));
    await expectItGoesOn();
  });

  scenario('a translator of addresses gives the call new ones, and the call goes on', async ({ lab, through, expectItGoesOn, during }) => {
    const translation = translateAddresses(lab);
    during(translation.end);
    await through(6, translation.move);
    await expectItGoesOn();
  });
});
