/** Where a value axis begins, ends and ticks, by what it measures. */
import type { Unit } from "./unit";

export interface Scale {
  readonly min?: number;
  readonly max?: number;
  readonly interval?: number;
  readonly minInterval?: number;
}

/** Where an axis ends and ticks, so that no tick is half a call or 2 h 46 min. */
export const SCALES: Readonly<Record<Unit, (most: number) => Scale>> = {
  count: () => ({ minInterval: 1 }),
  // A loss of 0.2 % is not drawn as if it were nothing, nor 0 % as if it were all.
  share: (most) => {
    const max = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5].find((end) => most <= end) ?? 1;
    return { min: 0, max, interval: max / (max === 1 ? 4 : 2) };
  },
  duration: (most) => {
    const interval = durationStep(most / 4);
    return { min: 0, max: Math.max(1, Math.ceil(most / interval)) * interval, interval };
  },
  latency: () => ({ min: 0, minInterval: 1 }),
  // ITU-T P.800.
  score: () => ({ min: 1, max: 5, interval: 1 }),
};

/** The step of a clock that is at least so long. */
function durationStep(least: number): number {
  const second = 1000;
  const minute = 60 * second;
  const hour = 60 * minute;
  const steps = [
    ...[1, 2, 5, 10, 15, 30].map((seconds) => seconds * second),
    ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * minute),
    ...[1, 2, 5, 10].map((hours) => hours * hour),
  ];
  return steps.find((step) => step >= least) ?? 10 ** Math.ceil(Math.log10(least / hour)) * hour;
}
