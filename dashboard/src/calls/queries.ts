/** The log and its calls as the server has them. */
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { accountPath, address, api } from "../api/client";
import type { CallDetail, CallFilter, CallPage } from "../generated/api";

const LINES = 50;

/** Page after page, newest first. */
export function logQuery(accountId: string, filter: CallFilter) {
  return infiniteQueryOptions({
    queryKey: ["calls", accountId, filter],
    queryFn: ({ pageParam, signal }) =>
      api<CallPage>("GET", accountPath(accountId, "calls"), {
        query: { ...filter, limit: LINES, ...(pageParam === null ? {} : { cursor: pageParam }) },
        signal,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
    // A colleague's link shall not keep an old first page.
    staleTime: 0,
  });
}

/** Whether the account has had any call at all. */
export function anyCallQuery(accountId: string) {
  return queryOptions({
    queryKey: ["any-call", accountId],
    queryFn: async ({ signal }) => {
      const { items } = await api<CallPage>("GET", accountPath(accountId, "calls"), { query: { limit: 1 }, signal });
      return items.length > 0;
    },
  });
}

export function callQuery(accountId: string, callId: string) {
  return queryOptions({
    queryKey: ["call", accountId, callId],
    queryFn: ({ signal }) => api<CallDetail>("GET", accountPath(accountId, "calls", callId), { signal }),
    // A call that has ended never changes.
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** Where the whole filtered log is as a file. */
export function csvAddress(accountId: string, filter: CallFilter): string {
  return address(accountPath(accountId, "calls.csv"), { ...filter });
}
