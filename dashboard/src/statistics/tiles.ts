/** The figures at the top of the page, each with how it changed against the days before. */
import { countText, durationText, shareText, UNITS } from "../charts/unit";
import type { Statistics, Totals } from "../generated/api";
import { ratio } from "./figures";

export interface Tile {
  readonly title: string;
  /** The figure for people, or a dash. */
  readonly figure: string;
  /** What the figure says exactly. */
  readonly hint: string;
  readonly change: Change | null;
}

export interface Change {
  /** Such as `+12%` or `−3 points`. */
  readonly text: string;
  readonly direction: "up" | "down" | "same";
  /** Whether that is welcome; more calls are neither good nor bad. */
  readonly mood: "good" | "bad" | "neutral";
}

type Wish = "more" | "less" | "neither";

export function tilesOf({ totals, previous }: Statistics): Tile[] {
  const rate = (sums: Totals) => ratio(sums.answered, sums.calls);
  const wait = (sums: Totals) => ratio(sums.answerTime, sums.answered);
  return [
    {
      title: "Calls",
      figure: countText(totals.calls),
      hint: `${countText(totals.answered)} answered`,
      change: relative(totals.calls, previous.calls, "neither"),
    },
    {
      title: "Answer rate",
      figure: orDash(rate(totals), shareText),
      hint: "of all calls initiated",
      change: inPoints(rate(totals), rate(previous)),
    },
    {
      title: "Time to answer",
      figure: orDash(wait(totals), durationText),
      hint: "on average",
      change: relative(wait(totals), wait(previous), "less"),
    },
    {
      title: "Talk time",
      figure: durationText(totals.talkTime),
      hint: `${orDash(ratio(totals.talkTime, totals.answered), durationText)} a call`,
      change: relative(totals.talkTime, previous.talkTime, "neither"),
    },
    {
      title: "Minutes used",
      figure: countText(totals.minutes),
      hint: "each call rounded up",
      change: relative(totals.minutes, previous.minutes, "neither"),
    },
    {
      title: "Quality",
      figure: orDash(totals.quality.mos, UNITS.score.text),
      hint: "MOS, 1 to 4.5",
      change: byScore(totals.quality.mos, previous.quality.mos),
    },
  ];
}

/** By how many per cent; against nothing there is no comparison. */
export function relative(now: number | null, before: number | null, wish: Wish): Change | null {
  if (now === null || before === null || before === 0) return null;
  const percent = Math.round(((now - before) / before) * 100);
  return changeOf(percent, `${countText(Math.abs(percent))}%`, wish);
}

/** Shares are compared in points: from 50 % to 60 % is ten points, and twenty per cent to nobody's mind. */
function inPoints(now: number | null, before: number | null): Change | null {
  if (now === null || before === null) return null;
  const points = Math.round((now - before) * 1000) / 10;
  return changeOf(points, `${Math.abs(points)} ${Math.abs(points) === 1 ? "point" : "points"}`, "more");
}

function byScore(now: number | null, before: number | null): Change | null {
  if (now === null || before === null) return null;
  const steps = Math.round((now - before) * 100) / 100;
  return changeOf(steps, Math.abs(steps).toFixed(2), "more");
}

function changeOf(by: number, size: string, wish: Wish): Change {
  if (by === 0) return { text: "No change", direction: "same", mood: "neutral" };
  const direction = by > 0 ? "up" : "down";
  const welcome = direction === (wish === "more" ? "up" : "down");
  return {
    text: `${by > 0 ? "+" : "−"}${size}`,
    direction,
    mood: wish === "neither" ? "neutral" : welcome ? "good" : "bad",
  };
}

function orDash(value: number | null, text: (value: number) => string): string {
  return value === null ? "–" : text(value);
}
