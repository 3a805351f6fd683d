import { Anchor, Group, Stack, Text } from "@mantine/core";
import { useMemo } from "react";
import { Link } from "react-router";
import { momentText } from "../calls/moment";
import { QualityMark, StatusMark } from "../calls/StatusMark";
import { REASON_WORDS, ROLE_WORDS, STATUS_WORDS } from "../calls/words";
import { ChartCard } from "../charts/ChartCard";
import { durationText } from "../charts/unit";
import type { CallDetail } from "../generated/api";
import { CopyButton } from "../shell/CopyButton";
import { Panel } from "../shell/Panel";
import { Tiles } from "../shell/Tiles";
import { viewersZone } from "../statistics/zone";
import classes from "./CallStory.module.css";
import { EventList } from "./EventList";
import { Facts } from "./Facts";
import { Legs } from "./Legs";
import { legChart } from "./quality";
import { Timeline } from "./Timeline";
import { layoutOf } from "./timeline";

export interface CallStoryProps {
  readonly accountId: string;
  readonly detail: CallDetail;
}

/** Everything that is known of one call, the answer to "why" first. */
export function CallStory({ accountId, detail }: CallStoryProps) {
  const { legs, timeline } = detail;
  const layout = useMemo(() => layoutOf(legs, timeline), [legs, timeline]);
  const source = { account: accountId, range: `call ${detail.call.callId}` };
  return (
    <div className={classes.story}>
      <Why detail={detail} />
      <Panel title="The call">
        <CallFacts accountId={accountId} detail={detail} />
      </Panel>
      <Panel
        title="Timeline"
        lead="One lane for each device. Long stretches are drawn shorter than they were; the numbers are those of the events below."
      >
        <Timeline layout={layout} call={detail.call} />
      </Panel>
      <Panel title="Events" lead="Everything that happened, with the delay since the event before.">
        <EventList layout={layout} />
      </Panel>
      <Panel title="Devices and networks">
        <Legs legs={legs} />
      </Panel>
      <Tiles least="wide">
        {legs
          .filter(({ tookPart }) => tookPart)
          .map((leg) => (
            <ChartCard
              key={leg.leg}
              model={legChart(detail, leg)}
              source={source}
              nothing="No audio of this device was measured."
            />
          ))}
      </Tiles>
    </div>
  );
}

function Why({ detail: { call, explanation } }: { readonly detail: CallDetail }) {
  return (
    <Panel>
      <Stack gap="xs">
        <Group gap="md">
          <Text component="span" fw={650} size="lg">
            <StatusMark status={call.status} />
          </Text>
          <Text component="span" c="dimmed">
            {REASON_WORDS[call.reason]}
          </Text>
        </Group>
        <Text size="lg">{explanation.what}</Text>
        {explanation.advice !== "" && (
          <Text>
            <strong>What to do: </strong>
            {explanation.advice}
          </Text>
        )}
        <Text size="sm" c="dimmed">
          {STATUS_WORDS[call.status].label}: {STATUS_WORDS[call.status].meaning}
        </Text>
      </Stack>
    </Panel>
  );
}

function CallFacts({ accountId, detail: { call } }: CallStoryProps) {
  const zone = viewersZone();
  const since = (at: number | null) =>
    at === null ? "Never" : `${momentText(at, zone)}, ${durationText(at - call.placedAt)} after placing`;
  const person = (cuid: string) => (
    <>
      {cuid}{" "}
      <Anchor
        component={Link}
        size="sm"
        to={`/a/${accountId}/calls?${new URLSearchParams({ cuid })}`}
        aria-label={`All their calls: ${cuid}`}
      >
        All their calls
      </Anchor>
    </>
  );
  return (
    <Facts
      facts={[
        ["Caller", person(call.caller)],
        ["Callee", person(call.callee)],
        ["Placed", momentText(call.placedAt, zone)],
        ["Rang", since(call.ringingAt)],
        ["Answered", since(call.answeredAt)],
        ["Both heard", since(call.connectedAt)],
        [
          "Ended",
          call.endedBy === null
            ? since(call.endedAt)
            : `${since(call.endedAt)}, by the ${ROLE_WORDS[call.endedBy].toLowerCase()}`,
        ],
        ["Talk time", call.answeredAt === null ? "None" : durationText(call.talkTime)],
        [
          "Quality",
          <span key="quality">
            <QualityMark quality={call.quality} mos={call.mos} />
            {call.mos !== null && ` (MOS ${call.mos.toFixed(2)})`}
          </span>,
        ],
        [
          "Call id",
          <Group key="id" gap={4} wrap="nowrap">
            <span className={classes.id}>{call.callId}</span>
            <CopyButton text={call.callId} what="the call id" />
          </Group>,
        ],
        ["Time zone", zone],
      ]}
    />
  );
}
