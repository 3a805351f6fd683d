import type { MemberRole } from "../generated/api";

/** What each role is called, and what it may. */
export const ROLES: Readonly<Record<MemberRole, { readonly label: string; readonly may: string }>> = {
  viewer: { label: "Viewer", may: "Sees calls, statistics, branding and settings, and changes nothing." },
  admin: { label: "Admin", may: "Changes keys, branding and settings, and invites members besides." },
  owner: { label: "Owner", may: "May do everything, also name other owners and delete the account." },
};

/** From the least to the most. */
export const ROLE_NAMES = ["viewer", "admin", "owner"] as const satisfies readonly MemberRole[];
