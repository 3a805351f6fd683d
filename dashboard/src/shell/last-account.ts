/** Which account the visitor was at last, so that `/` leads back there. Kept in the browser alone. */
import type { Me } from "../generated/api";

const KEY = "tring.account";

export function rememberAccount(accountId: string): void {
  try {
    localStorage.setItem(KEY, accountId);
  } catch {
    // Storage may be closed to this page; then `/` leads to the first account.
  }
}

/** The account at which to begin: the one of last time if the member is still in it, else their first. */
export function firstAccount(me: Me): string | null {
  const last = me.accounts.find(({ accountId }) => accountId === remembered());
  return (last ?? me.accounts[0])?.accountId ?? null;
}

function remembered(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}
