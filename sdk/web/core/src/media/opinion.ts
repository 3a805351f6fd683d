/** What a listener would say of the sound, estimated. */

/** Packet loss in percent at which half of the rating is gone. G.113 has none for Opus; see the relay's `quality.rs`,
 * whose estimate this repeats so that app and record tell the same. */
const ROBUSTNESS = 10;

/**
 * The E-model of ITU-T G.107 with the simplification of Cole and Rosenbluth ("Voice over IP performance monitoring",
 * 2001). `delay` is one way from mouth to ear in milliseconds; `loss` what is missing for the ear, a share from 0 to 1.
 * The result is 1 (bad) to 4.5 (as good as it gets).
 */
export function opinionScore(delay: number, loss: number): number {
  const wait = clamp(delay, 0, 10_000);
  const percent = clamp(loss, 0, 1) * 100;
  const delayCost = 0.024 * wait + 0.11 * Math.max(0, wait - 177.3);
  const lossCost = (95 * percent) / (percent + ROBUSTNESS);
  const rating = clamp(93.2 - delayCost - lossCost, 0, 100);
  const score = 1 + 0.035 * rating + 7e-6 * rating * (rating - 60) * (100 - rating);
  return clamp(score, 1, 4.5);
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}
