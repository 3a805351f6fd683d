/** The figures as the server has them. */
import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { accountPath, api } from "../api/client";
import type { Statistics, StatisticsQuery } from "../generated/api";

/** The figures together with the question that they answer: while others are on their way, the old ones stay. */
export interface Answered {
  readonly query: StatisticsQuery;
  readonly statistics: Statistics;
}

export function statisticsQuery(accountId: string, query: StatisticsQuery) {
  return queryOptions({
    queryKey: ["statistics", accountId, query],
    queryFn: async ({ signal }): Promise<Answered> => ({
      query,
      statistics: await api<Statistics>("GET", accountPath(accountId, "statistics"), { query: { ...query }, signal }),
    }),
    // The old chart stays until the new one is there, rather than a page that jumps.
    placeholderData: keepPreviousData,
    staleTime: 0,
  });
}
