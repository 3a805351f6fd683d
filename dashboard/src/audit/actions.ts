/** What the audit log's actions are called on the page. */
import type { ActorKind, AuditEntry } from "../generated/api";

const ACTIONS: Readonly<Record<string, string>> = {
  "account.created": "Made the account",
  "account.deleted": "Deleted the account",
  "settings.changed": "Changed the settings",
  "branding.changed": "Changed the branding",
  "apikey.created": "Made the apikey",
  "apikey.revoked": "Revoked the apikey",
  "secret_key.created": "Made the secret key",
  "secret_key.revoked": "Revoked the secret key",
  "token_secret.rotated": "Replaced the token secret",
  "token_secret.revealed": "Had the token secret shown",
  "token_secret.refused": "Refused the token secret",
  "turn_server.added": "Added the TURN server",
  "turn_server.removed": "Removed the TURN server",
  "member.joined": "Joined as a member",
  "member.role_changed": "Changed the role of",
  "member.removed": "Removed the member",
  "invitation.created": "Invited",
  "invitation.withdrawn": "Withdrew the invitation of",
  "user.deleted": "Deleted the user",
};

/** A newer server may do what this page has no words for; then its own name for it stands there. */
export function actionText({ action }: Pick<AuditEntry, "action">): string {
  return ACTIONS[action] ?? action;
}

export const ACTORS: Readonly<Record<ActorKind, string>> = {
  member: "Member",
  secret_key: "Secret key",
  operator: "Command line",
};
