import { queryOptions } from "@tanstack/react-query";
import { accountPath, api } from "../api/client";
import type { TurnServer } from "../generated/api";

export const turnServersQuery = (accountId: string) =>
  queryOptions({
    queryKey: ["turn-servers", accountId],
    queryFn: ({ signal }) => api<TurnServer[]>("GET", accountPath(accountId, "turn-servers"), { signal }),
  });
