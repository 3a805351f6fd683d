/** What is said arrives on a bad network no worse than without Tring in between. `make bench-speech` measures how well. */

import { expect } from 'vitest';
import { connect, disconnect, tryOut, type Hearing } from '../../speech/trial.ts';
import { inLab } from './scenario.ts';

/** How long is listened, in seconds: one whole round of the text, wherever it begins. */
const SECONDS = 22;
/** By how much PESQ may be lower through Tring: what few rounds at chance's mercy differ by. */
const TOLERANCE = 0.4;

inLab('speech', scenario => {
  scenario('of a tenth that is lost most is restored from copies, and speech is as good as without Tring', async ({ stage, meera, anita }) => {
    const road = { loss: 0.1 };
    const relayed = await tryOut(stage, meera, anita, road, SECONDS);
    await disconnect('through Tring', meera, anita);
    await connect('unrelayed', meera, anita);
    const unrelayed = await tryOut(stage, meera, anita, road, SECONDS);
    await disconnect('unrelayed', meera, anita);

    for (const side of ['client', 'peer'] as const) {
      const hearing = relayed[side];
      console.info(`${side}: PESQ ${best(hearing)} through Tring, ${best(unrelayed[side])} without; of ${share(hearing.lost)} lost ${share(hearing.concealed)} was made up`);
      expect(hearing.lost, `${side} misses packets`).toBeGreaterThan(0.04);
      expect(hearing.concealed, `${side} hears copies in their place`).toBeLessThan(hearing.lost / 2);
      expect(best(hearing), `${side} hears speech`).toBeGreaterThan(best(unrelayed[side]) - TOLERANCE);
    }
  }, { browsers: ['chromium'], seconds: 240 });

  scenario('of packets lost in a row most are asked for again in time', async ({ stage, meera, anita }) => {
    const hearings = await tryOut(stage, meera, anita, { loss: 0.05, burst: 4 }, SECONDS);
    await disconnect('through Tring', meera, anita);
    for (const side of ['client', 'peer'] as const) {
      const { lost, concealed, scores } = hearings[side];
      console.info(`${side}: PESQ ${scores.join(' ')}; of ${share(lost)} lost ${share(concealed)} was made up`);
      expect(lost, `${side} misses packets`).toBeGreaterThan(0.02);
      expect(concealed, `${side} hears them after all`).toBeLessThan(lost / 2);
    }
  }, { browsers: ['chromium'], seconds: 120 });
});

/** Of several rounds the best: a moment in which the machine was busy is nobody's network. */
function best({ scores }: Hearing): number {
  return Math.max(...scores);
}

function share(of: number): string {
  return `${(of * 100).toFixed(1)} %`;
}
