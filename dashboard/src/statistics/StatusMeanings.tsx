import { Anchor, Text } from "@mantine/core";
import { Link } from "react-router";
import { queryFor } from "../calls/filter";
import { StatusMark } from "../calls/StatusMark";
import { STATUS_WORDS, STATUSES } from "../calls/words";
import type { StatisticsQuery } from "../generated/api";
import classes from "./StatusMeanings.module.css";
import { viewersZone } from "./zone";

/** Each status in a sentence, with the way to exactly the calls that the chart has counted. */
export function StatusMeanings({ accountId, query }: { readonly accountId: string; readonly query: StatisticsQuery }) {
  const { from, to, zone } = query;
  return (
    <dl className={classes.meanings}>
      {STATUSES.map((status) => (
        <div key={status} className={classes.entry}>
          <dt>
            <StatusMark status={status} />
          </dt>
          <dd>
            <Text size="sm" c="dimmed" component="span">
              {STATUS_WORDS[status].meaning}
            </Text>{" "}
            <Anchor
              size="sm"
              component={Link}
              to={`/a/${accountId}/calls?${queryFor({ status, from, to, zone }, viewersZone())}`}
              aria-label={`Show the calls: ${STATUS_WORDS[status].label}`}
            >
              Show the calls
            </Anchor>
          </dd>
        </div>
      ))}
    </dl>
  );
}
