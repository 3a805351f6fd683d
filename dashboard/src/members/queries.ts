import { queryOptions } from "@tanstack/react-query";
import { accountPath, api } from "../api/client";
import type { Invitation, Member } from "../generated/api";

export const membersQuery = (accountId: string) =>
  queryOptions({
    queryKey: ["members", accountId],
    queryFn: ({ signal }) => api<Member[]>("GET", accountPath(accountId, "members"), { signal }),
  });

export const invitationsQuery = (accountId: string) =>
  queryOptions({
    queryKey: ["invitations", accountId],
    queryFn: ({ signal }) => api<Invitation[]>("GET", accountPath(accountId, "invitations"), { signal }),
  });
