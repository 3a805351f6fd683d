import { queryOptions } from "@tanstack/react-query";
import { accountPath, api } from "../api/client";
import type { Apikey, SecretKey } from "../generated/api";

export const apikeysQuery = (accountId: string) =>
  queryOptions({
    queryKey: ["apikeys", accountId],
    queryFn: ({ signal }) => api<Apikey[]>("GET", accountPath(accountId, "apikeys"), { signal }),
  });

export const secretKeysQuery = (accountId: string) =>
  queryOptions({
    queryKey: ["secret-keys", accountId],
    queryFn: ({ signal }) => api<SecretKey[]>("GET", accountPath(accountId, "secret-keys"), { signal }),
  });
