/** Who is signed in, where, and what they may do there. */
import { type QueryClient, queryOptions, useQuery, useSuspenseQuery } from "@tanstack/react-query";
import { createContext, useContext } from "react";
import type { Account, Me, Membership, MemberRole, ServerInfo } from "../generated/api";
import { accountPath, api } from "./client";

export const meQuery = queryOptions({
  queryKey: ["me"],
  queryFn: ({ signal }) => api<Me>("GET", "/me", { signal }),
  staleTime: 60_000,
});

export const serverQuery = queryOptions({
  queryKey: ["server"],
  queryFn: ({ signal }) => api<ServerInfo>("GET", "/server", { signal }),
  staleTime: Number.POSITIVE_INFINITY,
});

export function accountQuery(accountId: string) {
  return queryOptions({
    queryKey: ["account", accountId],
    queryFn: ({ signal }) => api<Account>("GET", accountPath(accountId), { signal }),
  });
}

/** Who is signed in. Only below the frame, which has asked. */
export function useMe(): Me {
  return useSuspenseQuery(meQuery).data;
}

export const MembershipContext = createContext<Membership | null>(null);

/** The account whose page this is, and what the member may do in it. */
export function useMembership(): Membership {
  const membership = useContext(MembershipContext);
  if (membership === null) throw new Error("useMembership is for pages of an account");
  return membership;
}

/** The account's name, settings and branding. */
export function useAccount() {
  const { accountId } = useMembership();
  return useQuery(accountQuery(accountId));
}

const RANK: Readonly<Record<MemberRole, number>> = { viewer: 0, admin: 1, owner: 2 };

/** Whether a role may do what `least` may. */
export function mayAct(role: MemberRole, least: MemberRole): boolean {
  return RANK[role] >= RANK[least];
}

export function useMay(least: MemberRole): boolean {
  return mayAct(useMembership().role, least);
}

/**
 * After somebody signed in or out: nothing of the one before is left in memory. What the page before the door still
 * shows is nobody's, and would only be asked for again.
 */
export async function forgetMember(queries: QueryClient): Promise<void> {
  await queries.cancelQueries();
  queries.removeQueries({ type: "inactive" });
}
