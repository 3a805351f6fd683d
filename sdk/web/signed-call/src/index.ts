/**
 * In-app voice calls with the names that CleverTap Signed Call and Direct Call have: code that was written for them
 * runs when its import is changed.
 */
import { CallClient } from "./call-client";
import { signIn } from "./init";
import { DIRECT_CALL, type InitOptions, SIGNED_CALL } from "./options";

export type { TextChoice, Texts } from "@tring/core";
export { TringError } from "@tring/core";
export type { CleverTap } from "./clevertap";
export type { CallOptions, InitOptions } from "./options";

/** A user who is signed in to Signed Call. */
export class SignedCallClient extends CallClient {}

/** A user who is signed in to Direct Call. */
export class DirectCallClient extends CallClient {}

/**
 * Signs a user in to Signed Call.
 *
 * Resolves with the client; rejects with `{code, message}`. If the server cannot be reached at the moment it resolves
 * after five seconds with a client whose `isEnabled()` is false until it can.
 */
export async function initSignedCall(options: InitOptions): Promise<SignedCallClient> {
  return new SignedCallClient(await signIn(options, SIGNED_CALL), options.cuid, SIGNED_CALL);
}

/** Signs a user in to Direct Call; see `initSignedCall`. */
export async function initDirectCall(options: InitOptions): Promise<DirectCallClient> {
  return new DirectCallClient(await signIn(options, DIRECT_CALL), options.cuid, DIRECT_CALL);
}
