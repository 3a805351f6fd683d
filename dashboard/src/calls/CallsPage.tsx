import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useState } from "react";
import { useSearchParams } from "react-router";
import { useMembership } from "../api/session";
import { viewersZone } from "../statistics/zone";
import { PageHeader } from "../shell/PageHeader";
import { CallLog } from "./CallLog";
import { FilterForm } from "./FilterForm";
import { filterFrom, type LogFilter, queryFor } from "./filter";
import { LiveCalls } from "./LiveCalls";
import classes from "./CallsPage.module.css";
import { useAccountStream } from "./stream";

export function CallsPage() {
  const { accountId } = useMembership();
  const [filter, setFilter] = useFilter();
  const queries = useQueryClient();
  const [ended, setEnded] = useState(0);
  const stream = useAccountStream(
    accountId,
    useCallback(() => {
      setEnded((times) => times + 1);
      void queries.invalidateQueries({ queryKey: ["any-call", accountId] });
    }, [queries, accountId]),
  );
  return (
    <>
      <PageHeader title="Calls" lead="The calls that run now, and every call that has ended." />
      <div className={classes.parts}>
        <LiveCalls accountId={accountId} stream={stream} />
        <FilterForm accountId={accountId} filter={filter} apply={setFilter} />
        <CallLog accountId={accountId} filter={filter} ended={ended} clear={() => setFilter({ zone: filter.zone })} />
      </div>
    </>
  );
}

/** The filter is the page's address, so that it can be kept, shared and gone back from. */
function useFilter(): [LogFilter, (filter: LogFilter) => void] {
  const ownZone = viewersZone();
  const [search, setSearch] = useSearchParams();
  const apply = useCallback(
    (filter: LogFilter) => setSearch(queryFor(filter, ownZone), { preventScrollReset: true }),
    [setSearch, ownZone],
  );
  return [filterFrom(search, ownZone), apply];
}
