import { Button } from "@mantine/core";
import { IconPhoneCall } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import { Link, useSearchParams } from "react-router";
import { useMembership } from "../api/session";
import { useNow } from "../calls/now";
import { anyCallQuery } from "../calls/queries";
import { useAccountStream } from "../calls/stream";
import { EmptyState } from "../shell/EmptyState";
import { ErrorState } from "../shell/ErrorState";
import { PageHeader } from "../shell/PageHeader";
import { Panel } from "../shell/Panel";
import { Charts } from "./Charts";
import { FigureTiles } from "./FigureTiles";
import { FiguresLoading } from "./FiguresLoading";
import { Freshness } from "./Freshness";
import { statisticsQuery } from "./queries";
import { RangeChooser } from "./RangeChooser";
import { type Choice, choiceFrom, queryFor, queryOf } from "./range";
import { viewersZone } from "./zone";

export function StatisticsPage() {
  const { accountId } = useMembership();
  const [choice, choose] = useChoice();
  const queries = useQueryClient();
  // Renewed so that today becomes another day at midnight on a page that is left open.
  const query = queryOf(choice, useNow(30_000));
  const { data, error, refetch, dataUpdatedAt, isPlaceholderData } = useQuery(statisticsQuery(accountId, query));
  const stream = useAccountStream(
    accountId,
    useCallback(() => {
      void queries.invalidateQueries({ queryKey: ["statistics", accountId] });
      void queries.invalidateQueries({ queryKey: ["any-call", accountId] });
    }, [queries, accountId]),
  );
  const without = data?.statistics.totals.calls === 0;
  const anyCall = useQuery({ ...anyCallQuery(accountId), enabled: without });

  return (
    <>
      <PageHeader title="Statistics" lead="How your users' calls go, as they happen.">
        <Freshness
          state={stream.state}
          running={stream.calls?.length ?? data?.statistics.live ?? null}
          updatedAt={dataUpdatedAt}
        />
      </PageHeader>
      <RangeChooser choice={choice} choose={choose} keptSince={data?.statistics.keptSince ?? null} />
      {error !== null && <ErrorState error={error} what="The statistics" retry={() => void refetch()} />}
      {data === undefined && error === null && <FiguresLoading />}
      {data !== undefined && without && anyCall.data === false ? (
        <NoCallsYet accountId={accountId} />
      ) : (
        data !== undefined && (
          <div aria-busy={isPlaceholderData} style={{ opacity: isPlaceholderData ? 0.6 : 1 }}>
            <FigureTiles statistics={data.statistics} />
            <Charts accountId={accountId} answered={data} choice={choice} choose={choose} />
          </div>
        )
      )}
    </>
  );
}

/** The choice is the page's address, so that it can be kept, shared and gone back from. */
function useChoice(): [Choice, (choice: Choice) => void] {
  const ownZone = viewersZone();
  const [search, setSearch] = useSearchParams();
  const choose = useCallback(
    (choice: Choice) => setSearch(queryFor(choice, ownZone), { preventScrollReset: true }),
    [setSearch, ownZone],
  );
  return [choiceFrom(search, ownZone), choose];
}

function NoCallsYet({ accountId }: { readonly accountId: string }) {
  return (
    <Panel>
      <EmptyState
        icon={<IconPhoneCall />}
        title="No calls yet"
        action={
          <Button component={Link} to={`/a/${accountId}/test-call`} mt="sm">
            Make a test call
          </Button>
        }
      >
        As soon as the first call has ended, its figures appear here by themselves. A test call takes a minute and needs
        nothing but this page.
      </EmptyState>
    </Panel>
  );
}
