import { SegmentedControl } from "@mantine/core";
import type { Interval } from "../generated/api";

const WORDS: Readonly<Record<Interval, string>> = { hour: "Hourly", day: "Daily", week: "Weekly", month: "Monthly" };

export interface IntervalChooserProps {
  readonly interval: Interval;
  readonly intervals: readonly Interval[];
  readonly choose: (interval: Interval) => void;
}

/** How long one bar or point of the charts over time is. */
export function IntervalChooser({ interval, intervals, choose }: IntervalChooserProps) {
  return (
    <SegmentedControl
      aria-label="Each point of the charts over time"
      size="xs"
      data={intervals.map((value) => ({ value, label: WORDS[value] }))}
      value={interval}
      onChange={(value) => {
        const chosen = intervals.find((known) => known === value);
        if (chosen !== undefined) choose(chosen);
      }}
    />
  );
}
