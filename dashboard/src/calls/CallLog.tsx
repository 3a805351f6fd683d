import { Anchor, Button, Group, Stack, Text } from "@mantine/core";
import { IconDownload, IconPhoneCall, IconSearchOff } from "@tabler/icons-react";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useRef, useState } from "react";
import { Link } from "react-router";
import { durationText } from "../charts/unit";
import type { CallSummary } from "../generated/api";
import { EmptyState } from "../shell/EmptyState";
import { ErrorState } from "../shell/ErrorState";
import { Loading } from "../shell/Loading";
import { Panel } from "../shell/Panel";
import { askedOf, isFiltered, type LogFilter } from "./filter";
import { momentText } from "./moment";
import { anyCallQuery, csvAddress, logQuery } from "./queries";
import { type Field, Records } from "./Records";
import { QualityMark, StatusMark } from "./StatusMark";
import { PLATFORM_WORDS, REASON_WORDS } from "./words";
import { ActionButton } from "../shell/ActionButton";

/**
 * How many pages are looked through by themselves while nothing was found: the server ends a page early rather than
 * look through a whole year for what is rare. Higher: a filter that matches nothing asks longer before it says so.
 */
const LOOKED_THROUGH = 20;

export interface CallLogProps {
  readonly accountId: string;
  readonly filter: LogFilter;
  /** Counts up whenever calls may have ended. */
  readonly ended: number;
  /** Shows every call. */
  readonly clear: () => void;
}

export function CallLog({ accountId, filter, ended, clear }: CallLogProps) {
  const asked = askedOf(filter);
  const log = useInfiniteQuery(logQuery(accountId, asked));
  const items = log.data?.pages.flatMap((page) => page.items) ?? [];
  const pages = log.data?.pages.length ?? 0;
  const [stale, renew] = useRenewal(ended, pages, log.refetch);
  const fields = useMemo(() => fieldsFor(accountId, filter.zone), [accountId, filter.zone]);
  const looking = items.length === 0 && log.hasNextPage && pages < LOOKED_THROUGH && log.error === null;
  const { fetchNextPage, isFetching } = log;
  useEffect(() => {
    if (looking && !isFetching) void fetchNextPage();
  }, [looking, isFetching, fetchNextPage]);
  return (
    <Panel
      title="Call log"
      lead={`Newest first, by the clocks of ${filter.zone}.`}
      action={
        items.length > 0 && (
          <Button
            component="a"
            variant="default"
            href={csvAddress(accountId, asked)}
            download
            leftSection={<IconDownload size={16} />}
          >
            Download as CSV
          </Button>
        )
      }
    >
      {log.error !== null && <ErrorState error={log.error} what="The log" retry={() => void log.refetch()} />}
      {(log.isPending || looking) && <Loading what="The log" lines={8} />}
      {log.isSuccess && items.length === 0 && !looking && log.hasNextPage && (
        <EmptyState
          icon={<IconSearchOff />}
          title="None found so far"
          action={
            <Button variant="default" mt="sm" loading={log.isFetchingNextPage} onClick={() => void fetchNextPage()}>
              Look further back
            </Button>
          }
        >
          Calls with all of these marks are rare. Older calls were not looked through yet.
        </EmptyState>
      )}
      {log.isSuccess && items.length === 0 && !log.hasNextPage && (
        <Nothing accountId={accountId} filtered={isFiltered(filter)} clear={clear} />
      )}
      {items.length > 0 && (
        <Stack>
          {stale && (
            <Group justify="center">
              <Button variant="light" onClick={renew}>
                Calls have ended since: show them
              </Button>
            </Group>
          )}
          <Records label="Call log" items={items} keyOf={({ callId }) => callId} fields={fields} />
          <Group justify="center" gap="md">
            <Text size="sm" c="dimmed" role="status">
              {log.hasNextPage ? `${items.length} calls shown` : `${items.length} calls, all that match`}
            </Text>
            {log.hasNextPage && (
              <ActionButton variant="default" loading={log.isFetchingNextPage} onClick={() => void log.fetchNextPage()}>
                Load more
              </ActionButton>
            )}
          </Group>
        </Stack>
      )}
    </Panel>
  );
}

/**
 * The first page renews itself whenever calls end. Who has gone further is asked first, because lines would move under
 * their eyes.
 */
function useRenewal(ended: number, pages: number, refetch: () => Promise<unknown>): [boolean, () => void] {
  const [stale, setStale] = useState(false);
  const seen = useRef(ended);
  useEffect(() => {
    if (seen.current === ended) return;
    seen.current = ended;
    if (pages <= 1) void refetch();
    else setStale(true);
  }, [ended, pages, refetch]);
  const renew = () => {
    setStale(false);
    void refetch();
  };
  return [stale && pages > 1, renew];
}

function fieldsFor(accountId: string, zone: string): readonly Field<CallSummary>[] {
  return [
    {
      title: "Placed",
      of: ({ callId, placedAt }) => (
        <Anchor component={Link} to={`/a/${accountId}/calls/${callId}`} size="sm">
          {momentText(placedAt, zone)}
        </Anchor>
      ),
    },
    { title: "Caller", of: ({ caller }) => caller },
    { title: "Callee", of: ({ callee }) => callee },
    { title: "Status", of: ({ status }) => <StatusMark status={status} /> },
    { title: "Reason", of: ({ reason }) => REASON_WORDS[reason] },
    { title: "Talk time", of: ({ talkTime, answeredAt }) => (answeredAt === null ? "–" : durationText(talkTime)) },
    { title: "Quality", of: ({ quality, mos }) => <QualityMark quality={quality} mos={mos} /> },
    {
      title: "Platforms",
      of: ({ callerPlatform, calleePlatform }) =>
        `${PLATFORM_WORDS[callerPlatform]} to ${calleePlatform === null ? "no device" : PLATFORM_WORDS[calleePlatform]}`,
    },
  ];
}

interface NothingProps {
  readonly accountId: string;
  readonly filtered: boolean;
  readonly clear: () => void;
}

/** No calls at all, or none that match: two different things to do. */
function Nothing({ accountId, filtered, clear }: NothingProps) {
  const any = useQuery({ ...anyCallQuery(accountId), enabled: filtered });
  if (filtered && any.data !== false) {
    return (
      <EmptyState
        icon={<IconSearchOff />}
        title="No call matches"
        action={
          <Button variant="default" onClick={clear} mt="sm">
            Show all calls
          </Button>
        }
      >
        A user is found by the whole cuid, in capitals and small letters as your app gave it. Days are those of the time
        zone chosen above.
      </EmptyState>
    );
  }
  return (
    <EmptyState
      icon={<IconPhoneCall />}
      title="No calls yet"
      action={
        <Button component={Link} to={`/a/${accountId}/test-call`} mt="sm">
          Make a test call
        </Button>
      }
    >
      A call appears here as soon as it has ended.
    </EmptyState>
  );
}
