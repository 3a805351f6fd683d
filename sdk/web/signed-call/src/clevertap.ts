/**
 * What the SDK needs of a CleverTap instance: to know whose analytics these are, and to push three events.
 *
 * An instance that has just been initialised learns its ids from its own server; they are awaited for a while before
 * they count as missing.
 */
import { type CallEvent, TringError } from "@tring/core";

/** The part of the CleverTap Web SDK (1.2.0 or later) that is used. */
export interface CleverTap {
  getCleverTapID?(): string | null | undefined;
  getAccountID?(): string | null | undefined;
  setSCSDKVersion?(version: string): void;
  event?: { push(name: string, properties: Record<string, unknown>): void };
}

/** Whose analytics these are. */
export interface CleverTapIds {
  accountId: string;
  guid: string;
}

/** How long the ids may take. Higher: init fails late when CleverTap is not set up; lower: a slow network fails it. */
export const IDS_WAIT = 3_000;
/** How often the instance is asked meanwhile. */
const IDS_ASK_EVERY = 200;

/** The instance's ids; rejects with `ERR_MISSING_CT_ACCOUNTID` or `ERR_MISSING_CT_ID` if they do not come in time. */
export async function cleverTapIds(clevertap: CleverTap): Promise<CleverTapIds> {
  for (let waited = 0; ; waited += IDS_ASK_EVERY) {
    const accountId = ask(() => clevertap.getAccountID?.());
    const guid = ask(() => clevertap.getCleverTapID?.());
    if (accountId && guid) return { accountId, guid };
    if (waited >= IDS_WAIT) throw new TringError(accountId ? "ERR_MISSING_CT_ID" : "ERR_MISSING_CT_ACCOUNTID");
    await new Promise((resolve) => setTimeout(resolve, IDS_ASK_EVERY));
  }
}

/** Tells the instance which SDK uses it. */
export function announceSdk(clevertap: CleverTap, version: string): void {
  ask(() => {
    clevertap.setSCSDKVersion?.(version);
    return undefined;
  });
}

/** Who the user is in both worlds. */
export interface EventIdentity extends CleverTapIds {
  scAccountId: string;
  cuid: string;
}

/** Pushes a system event with the vendors' fields. */
export function pushEvent(clevertap: CleverTap, identity: EventIdentity, event: CallEvent): void {
  const { accountId, guid, scAccountId, cuid } = identity;
  const { name, callId, context, callStatus, reason, reasonCode } = event;
  ask(() => {
    clevertap.event?.push(name, {
      ct_account_id: accountId,
      sc_account_id: scAccountId,
      guid,
      call_id: callId,
      cuid,
      epoch: Date.now(),
      context,
      ...(callStatus === undefined ? {} : { call_status: callStatus }),
      ...(reason === undefined ? {} : { reason }),
      ...(reasonCode === undefined ? {} : { reason_code: reasonCode }),
    });
    return undefined;
  });
}

/** Analytics that throw must not end a call. */
function ask(question: () => string | null | undefined): string | undefined {
  try {
    return question() ?? undefined;
  } catch {
    return undefined;
  }
}
