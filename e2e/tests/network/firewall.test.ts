/** Firewalls that let no UDP through. */

import { expect } from 'vitest';
import { blockUdp } from '../../network/faults.ts';
import { inLab, pathOf } from './scenario.ts';

inLab('firewall', scenario => {
  scenario('UDP is blocked from the start: the call takes TCP', async ({ meera, anita, expectItGoesOn }) => {
    expect(await pathOf(meera)).toBe('tcp');
    expect(await pathOf(anita)).toBe('udp');
    await expectItGoesOn();
  }, { before: (stage, during) => void during(blockUdp(stage.lab)) });

  scenario('UDP is blocked in mid-call: the call goes on over TCP', async ({ lab, during, meera, through, expectItGoesOn }) => {
    expect(await pathOf(meera)).toBe('udp');
    await through(8, () => void during(blockUdp(lab)));
    await expectItGoesOn();
    expect(await pathOf(meera)).toBe('tcp');
  });
});
