import { Button, Group, SegmentedControl, Stack, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import { Panel } from "../shell/Panel";
import { TimeText } from "../shell/TimeText";
import classes from "./RangeChooser.module.css";
import { type Choice, type DayRange, daysOf, type Duration, rangeProblem, rangeText } from "./range";
import { ZoneChooser } from "./ZoneChooser";

const DURATIONS: readonly { readonly value: Duration["kind"]; readonly label: string }[] = [
  { value: "today", label: "Today" },
  { value: "7d", label: "7 days" },
  { value: "30d", label: "30 days" },
  { value: "custom", label: "Custom" },
];

export interface RangeChooserProps {
  readonly choice: Choice;
  readonly choose: (choice: Choice) => void;
  /** Calls before this are gone; none while that is not known. */
  readonly keptSince: number | null;
}

export function RangeChooser({ choice, choose, keptSince }: RangeChooserProps) {
  const { duration, zone } = choice;
  const range = daysOf(duration, Date.now(), zone);
  const pick = (kind: string) => {
    if (kind === "custom") choose({ ...choice, duration: { kind, ...range } });
    else if (kind === "today" || kind === "7d" || kind === "30d") choose({ ...choice, duration: { kind } });
  };
  return (
    <section aria-label="Duration" className={classes.chooser}>
      <Panel>
        <Group align="flex-end" justify="space-between" gap="md">
          <Stack gap={6} className={classes.durations ?? ""}>
            <Text size="sm" fw={500} id="duration-label">
              Duration
            </Text>
            <SegmentedControl
              aria-labelledby="duration-label"
              data={[...DURATIONS]}
              value={duration.kind}
              onChange={pick}
              fullWidth
              classNames={{ label: classes.segment ?? "" }}
            />
          </Stack>
          <ZoneChooser zone={zone} choose={(chosen) => choose({ ...choice, zone: chosen })} />
        </Group>
        {duration.kind === "custom" && (
          <CustomRange
            // A range from elsewhere, such as the browser's way back, takes the place of what was typed.
            key={rangeText(range)}
            range={range}
            choose={(days) => choose({ ...choice, duration: { kind: "custom", ...days } })}
          />
        )}
        <Text size="xs" c="dimmed" mt="sm">
          {rangeText(range)}, in the days of {zone}, compared with as many days before.{" "}
          {keptSince !== null && keptSince > 0 && (
            <>
              Calls are kept since <TimeText at={keptSince} as="date" />: a custom range can go back as far, beyond the
              usual 30 days.
            </>
          )}
          {keptSince === 0 && "No call has been deleted yet: a custom range can go back beyond the usual 30 days."}
        </Text>
      </Panel>
    </section>
  );
}

function CustomRange({ range, choose }: { readonly range: DayRange; readonly choose: (days: DayRange) => void }) {
  const [days, setDays] = useState(range);
  const problem = rangeProblem(days);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (problem === null) choose(days);
      }}
    >
      <Group align="flex-start" gap="sm" mt="md">
        <TextInput
          type="date"
          label="First day"
          value={days.from}
          onChange={(event) => setDays({ ...days, from: event.currentTarget.value })}
        />
        <TextInput
          type="date"
          label="Last day"
          value={days.to}
          onChange={(event) => setDays({ ...days, to: event.currentTarget.value })}
          error={problem}
        />
        <Button type="submit" variant="default" className={classes.apply ?? ""} disabled={problem !== null}>
          Show these days
        </Button>
      </Group>
    </form>
  );
}
