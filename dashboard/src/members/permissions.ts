/** What the page offers to whom. The server decides; this only spares people buttons that would be refused. */
import { mayAct } from "../api/session";
import type { Member, MemberRole } from "../generated/api";
import { ROLE_NAMES } from "./roles";

/** The roles that somebody may give: owners are made by owners alone. */
export function givable(mine: MemberRole): readonly MemberRole[] {
  if (!mayAct(mine, "admin")) return [];
  return ROLE_NAMES.filter((role) => mayAct(mine, role));
}

/** Whether somebody may change another member's role. */
export function mayChangeRole(mine: MemberRole, member: Pick<Member, "role">): boolean {
  return mayAct(mine, "admin") && mayAct(mine, member.role);
}

/** Everybody may leave. */
export function mayRemove(mine: MemberRole, myId: string, member: Pick<Member, "role" | "memberId">): boolean {
  return member.memberId === myId || mayChangeRole(mine, member);
}
