/** The charts of the statistics page as data, made from the server's answer and nothing else. */
import { PLATFORM_WORDS, PLATFORMS, REASON_WORDS, STATUS_WORDS, STATUSES } from "../calls/words";
import type { ChartColumn, ChartModel, ChartRow } from "../charts/model";
import {
  type EndStatus,
  type Interval,
  type PlatformCount,
  type Point,
  REASONS,
  type Statistics,
} from "../generated/api";
import { pointName, pointTick } from "./point";

export function statusChart({ totals }: Statistics): ChartModel {
  return {
    id: "call-status",
    title: "Call status",
    explanation: "How all calls that were initiated ended. Every ended call has exactly one status.",
    kind: "bars",
    rowTitle: "Status",
    detailTitle: "Meaning",
    columns: [
      { title: "Calls", unit: "count", mark: "bar", tint: "first" },
      { title: "Share of calls", unit: "share", mark: "told", tint: "first" },
    ],
    rows: STATUSES.map((status) => ({
      name: STATUS_WORDS[status].label,
      detail: STATUS_WORDS[status].meaning,
      tint: status,
      values: [totals[status], ratio(totals[status], totals.calls)],
    })),
  };
}

export function volumesChart({ series }: Statistics, interval: Interval): ChartModel {
  return timeChart(series, interval, {
    id: "call-volumes",
    title: "Call volumes across the day",
    explanation: `Calls initiated in each ${interval}, by how they ended. A call counts at the time at which it was placed.`,
    columns: [
      ...STATUSES.map(
        (status): PointColumn => ({
          title: STATUS_WORDS[status].label,
          unit: "count",
          mark: "stack",
          tint: status,
          of: ({ totals }) => totals[status],
        }),
      ),
      { title: "All calls", unit: "count", mark: "told", tint: "first", of: ({ totals }) => totals.calls },
    ],
  });
}

export function answerRateChart({ series }: Statistics, interval: Interval): ChartModel {
  return timeChart(series, interval, {
    id: "answer-rate",
    title: "Answer rate",
    explanation: "Of all calls initiated, the share that was answered. A gap means that there were no calls.",
    columns: [
      {
        title: "Answer rate",
        unit: "share",
        mark: "line",
        tint: "first",
        of: ({ totals }) => ratio(totals.answered, totals.calls),
      },
      { title: "Answered", unit: "count", mark: "told", tint: "first", of: ({ totals }) => totals.answered },
      { title: "All calls", unit: "count", mark: "told", tint: "first", of: ({ totals }) => totals.calls },
    ],
  });
}

export function answerTimeChart({ series }: Statistics, interval: Interval): ChartModel {
  return timeChart(series, interval, {
    id: "time-to-answer",
    title: "Time to answer",
    explanation: "From placing a call to its answer, on average over the calls that were answered.",
    columns: [
      {
        title: "Average time to answer",
        unit: "duration",
        mark: "line",
        tint: "first",
        of: ({ totals }) => ratio(totals.answerTime, totals.answered),
      },
      { title: "Answered", unit: "count", mark: "told", tint: "first", of: ({ totals }) => totals.answered },
    ],
  });
}

export function talkTimeChart({ series }: Statistics, interval: Interval): ChartModel {
  return timeChart(series, interval, {
    id: "talk-time",
    title: "Talk time and minutes used",
    explanation:
      "Talk time runs from the answer to the end. Minutes used are the same calls, each rounded up to a whole minute.",
    columns: [
      { title: "Talk time", unit: "duration", mark: "bar", tint: "first", of: ({ totals }) => totals.talkTime },
      { title: "Minutes used", unit: "count", mark: "bar", tint: "second", of: ({ totals }) => totals.minutes },
      {
        title: "Average talk time of a call",
        unit: "duration",
        mark: "told",
        tint: "first",
        of: ({ totals }) => ratio(totals.talkTime, totals.answered),
      },
    ],
  });
}

export function qualityChart({ series }: Statistics, interval: Interval): ChartModel {
  return timeChart(series, interval, {
    id: "quality",
    title: "Quality",
    explanation:
      "MOS is how people would rate the sound, from 1 to 4.5; from 4.0 nobody notices the network, below 3.1 many " +
      "complain. Loss is the share of audio that never arrived, RTT the time to a device and back.",
    columns: [
      { title: "MOS", unit: "score", mark: "line", tint: "first", of: ({ totals }) => totals.quality.mos },
      { title: "Loss", unit: "share", mark: "line", tint: "second", of: ({ totals }) => totals.quality.loss },
      { title: "RTT", unit: "latency", mark: "line", tint: "third", of: ({ totals }) => totals.quality.rtt },
      { title: "Good calls", unit: "count", mark: "told", tint: "good", of: ({ totals }) => totals.quality.good },
      { title: "Fair calls", unit: "count", mark: "told", tint: "fair", of: ({ totals }) => totals.quality.fair },
      { title: "Poor calls", unit: "count", mark: "told", tint: "poor", of: ({ totals }) => totals.quality.poor },
    ],
  });
}

export function platformsChart({ callerPlatforms, calleePlatforms }: Statistics): ChartModel {
  const count = (counts: readonly PlatformCount[], wanted: string) =>
    counts.find(({ platform }) => platform === wanted)?.calls ?? 0;
  return {
    id: "platforms",
    title: "Platforms",
    explanation:
      "What callers call from, and what callees are reached on. A call that reached no device has no callee's platform.",
    kind: "bars",
    rowTitle: "Platform",
    columns: [
      { title: "Callers", unit: "count", mark: "bar", tint: "first" },
      { title: "Callees", unit: "count", mark: "bar", tint: "second" },
    ],
    rows: PLATFORMS.map((platform) => ({
      name: PLATFORM_WORDS[platform],
      values: [count(callerPlatforms, platform), count(calleePlatforms, platform)],
    })),
  };
}

/** Hanging up is how a call should end; every other reason is one for which somebody was not served. */
export function reasonsChart({ reasons, totals }: Statistics): ChartModel {
  return {
    id: "failure-reasons",
    title: "Why calls did not go well",
    explanation: "Every reason for which a call ended other than by hanging up, most frequent first.",
    kind: "bars",
    rowTitle: "Reason",
    detailTitle: "Status",
    columns: [
      { title: "Calls", unit: "count", mark: "bar", tint: "first" },
      { title: "Share of all calls", unit: "share", mark: "told", tint: "first" },
    ],
    rows: reasons
      .filter(({ reason }) => reason !== "hangup")
      .map(({ reason, calls }) => ({
        name: REASON_WORDS[reason],
        detail: REASONS[reason].label,
        tint: REASONS[reason].status satisfies EndStatus,
        values: [calls, ratio(calls, totals.calls)],
      })),
  };
}

const WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"] as const;
const HOURS = Array.from({ length: 24 }, (_, hour) => `${String(hour).padStart(2, "0")}:00`);

export function hoursChart({ hours }: Statistics, zone: string): ChartModel {
  return {
    id: "busiest-hours",
    title: "Busiest hours",
    explanation: `Calls initiated in each hour of the week, by the clocks of ${zone}. The stronger the colour, the more calls.`,
    kind: "heat",
    rowTitle: "Day",
    columns: HOURS.map((title): ChartColumn => ({ title, unit: "count", mark: "bar", tint: "first" })),
    rows: WEEKDAYS.map((name, day) => ({
      name,
      tick: name.slice(0, 3),
      values: HOURS.map((_, hour) => hours[day * 24 + hour] ?? 0),
    })),
  };
}

interface PointColumn extends ChartColumn {
  readonly of: (point: Point) => number | null;
}

interface TimeChart {
  readonly id: string;
  readonly title: string;
  readonly explanation: string;
  readonly columns: readonly PointColumn[];
}

const ROW_TITLES: Readonly<Record<Interval, string>> = {
  hour: "Hour",
  day: "Day",
  week: "Week from",
  month: "Month",
};

function timeChart(series: readonly Point[], interval: Interval, chart: TimeChart): ChartModel {
  return {
    id: chart.id,
    title: chart.title,
    explanation: chart.explanation,
    kind: "time",
    rowTitle: ROW_TITLES[interval],
    columns: chart.columns.map(({ of: _, ...column }) => column),
    rows: series.map(
      (point): ChartRow => ({
        name: pointName(point, interval),
        tick: pointTick(point, interval),
        values: chart.columns.map(({ of }) => of(point)),
      }),
    ),
  };
}

/** None of nothing: a rate without calls is not nought. */
export function ratio(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}
