import { Alert } from "@mantine/core";
import { useMemo } from "react";
import { ChartCard } from "../charts/ChartCard";
import { Tiles } from "../shell/Tiles";
import { TimeText } from "../shell/TimeText";
import classes from "./Charts.module.css";
import {
  answerRateChart,
  answerTimeChart,
  hoursChart,
  platformsChart,
  qualityChart,
  reasonsChart,
  statusChart,
  talkTimeChart,
  volumesChart,
} from "./figures";
import { IntervalChooser } from "./IntervalChooser";
import type { Answered } from "./queries";
import { type Choice, intervalsFor, rangeText } from "./range";
import { StatusMeanings } from "./StatusMeanings";

export interface ChartsProps {
  readonly accountId: string;
  readonly answered: Answered;
  readonly choice: Choice;
  readonly choose: (choice: Choice) => void;
}

/** Every chart of the page. What they are named after is what was asked, not what is about to be asked. */
export function Charts({ accountId, answered, choice, choose }: ChartsProps) {
  const { query, statistics } = answered;
  const charts = useMemo(
    () => ({
      status: statusChart(statistics),
      volumes: volumesChart(statistics, query.interval),
      besides: [
        answerRateChart(statistics, query.interval),
        answerTimeChart(statistics, query.interval),
        talkTimeChart(statistics, query.interval),
        qualityChart(statistics, query.interval),
      ],
      reasons: reasonsChart(statistics),
      platforms: platformsChart(statistics),
      hours: hoursChart(statistics, query.zone),
    }),
    [statistics, query.interval, query.zone],
  );
  const source = { account: accountId, range: `${rangeText(query)} ${query.zone}` };
  return (
    <div className={classes.charts}>
      {statistics.from < statistics.keptSince && (
        <Alert color="yellow" variant="light" title="The range begins before the oldest calls that are kept">
          Calls before <TimeText at={statistics.keptSince} as="date" /> were deleted, as the account's settings ask, and
          are not counted.
        </Alert>
      )}
      <ChartCard
        model={charts.volumes}
        source={source}
        controls={
          <IntervalChooser
            interval={query.interval}
            intervals={intervalsFor(query)}
            choose={(interval) => choose({ ...choice, interval })}
          />
        }
      />
      <Tiles least="wide">
        <ChartCard model={charts.status} source={source}>
          <StatusMeanings accountId={accountId} query={query} />
        </ChartCard>
        <div className={classes.charts}>
          <ChartCard
            model={charts.reasons}
            source={source}
            nothing={
              statistics.totals.calls === 0 ? "No calls in this time." : "Every call in this time ended by hanging up."
            }
          />
          <ChartCard model={charts.platforms} source={source} />
        </div>
        {charts.besides.map((model) => (
          <ChartCard
            key={model.id}
            model={model}
            source={source}
            {...(statistics.totals.calls === 0 ? {} : { nothing: "No call in this time was answered." })}
          />
        ))}
      </Tiles>
      <ChartCard model={charts.hours} source={source} />
    </div>
  );
}
