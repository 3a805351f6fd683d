import { queryOptions } from "@tanstack/react-query";
import { accountPath, api } from "../api/client";
import type { TokenSecret } from "../generated/api";

export const tokenSecretsQuery = (accountId: string) =>
  queryOptions({
    queryKey: ["token-secrets", accountId],
    queryFn: ({ signal }) => api<TokenSecret[]>("GET", accountPath(accountId, "token-secrets"), { signal }),
  });
