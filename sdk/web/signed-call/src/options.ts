/**
 * What an app passes to `initSignedCall` and `initDirectCall`, and the rules that it must keep.
 *
 * The rules are those of the vendors' documents; where their package is stricter or laxer, the documents win. The two
 * products differ in three of them, which `Product` holds.
 */
import { contextRule, cuidRule, type ErrorCode, nameRule, type TextChoice, TringError } from "@tring/core";
import type { CleverTap } from "./clevertap";

/** What `initSignedCall` and `initDirectCall` take. */
export interface InitOptions {
  /** The account, from its settings; not CleverTap's account id. */
  accountId: string;
  /** A publishable key of the account; not CleverTap's token. May be left out with `token` or `getToken`. */
  apikey?: string | undefined;
  /** A user token: a JWT in which your backend says who signs in. */
  token?: string | undefined;
  /**
   * Asks your backend for a user token. It is called to sign in, before a token ends, and when the server takes the old
   * one no more. With `token` as well, that one is used first.
   */
  getToken?: (() => string | Promise<string>) | undefined;
  /** Who signs in: 5 to 50 letters, digits and `_`, not a number, `_` and a number. One per person and device. */
  cuid: string;
  /** The instance of the CleverTap Web SDK, version 1.2.0 or later. */
  clevertap: CleverTap;
  /** What others see: 3 to 25 characters in Signed Call, 3 to 50 in Direct Call. */
  name?: string | undefined;
  /** The address of a sound file that is played instead of the default ringtone. */
  ringtone?: string | undefined;
  /** The address of the Tring server, if the script was not loaded from it. */
  server?: string | undefined;
  /** Texts of the call screens that replace the English ones. */
  texts?: TextChoice | undefined;
  /**
   * Whether a second caller is offered on the screen, to be declined or to take the current call's place. If not, that
   * caller is told at once that the user is busy. Default: `false`.
   */
  callWaiting?: boolean | undefined;
  /** Whether the browser takes noise out of the microphone's sound. Default: `true`. */
  noiseSuppression?: boolean | undefined;
}

/** What `call` takes besides receiver and context. */
export interface CallOptions {
  /** The address of the receiver's image, for the outgoing screen. */
  receiver_image?: string | undefined;
  /** The address of the caller's image, for the incoming screen. */
  initiator_image?: string | undefined;
}

/** In what Signed Call and Direct Call differ. */
export interface Product {
  readonly name: "signed-call" | "direct-call";
  readonly missingCleverTap: ErrorCode;
  readonly longestName: number;
  /** Whether a cuid must begin with a letter or a digit. */
  readonly cuidStartsPlain: boolean;
}

export const SIGNED_CALL: Product = {
  name: "signed-call",
  missingCleverTap: "ERR_MISSING_INITPARAMETERS",
  longestName: 25,
  cuidStartsPlain: true,
};

export const DIRECT_CALL: Product = {
  name: "direct-call",
  missingCleverTap: "ERR_CLEVERTAP_DETAILS_NOT_FOUND",
  longestName: 50,
  cuidStartsPlain: false,
};

/** Checks what the app passed, in the vendors' order: the CleverTap instance first, then what must be there, then how. */
export function checkInitOptions(options: Partial<InitOptions> | undefined, product: Product): void {
  if (typeof options !== "object" || options === null) {
    throw new TringError("ERR_MISSING_INITPARAMETERS", "Pass an object with accountId, apikey, cuid and clevertap.");
  }
  if (!options.clevertap) {
    throw new TringError(
      product.missingCleverTap,
      "No CleverTap instance was passed. Initialise the CleverTap SDK and pass its instance as `clevertap`.",
    );
  }
  checkTokens(options);
  const hasProof = options.token !== undefined || options.getToken !== undefined;
  for (const field of ["accountId", "apikey", "cuid"] as const) {
    const value: unknown = options[field];
    if (value === undefined || value === null || value === "") {
      if (field === "apikey" && hasProof) continue;
      throw new TringError("ERR_MISSING_INITPARAMETERS", `\`${field}\` is missing.`);
    }
    if (typeof value !== "string") throw invalid(field, "must be a string.");
  }
  const fault = cuidFault(options.cuid, product) ?? nameFault(options.name, product);
  if (fault) throw fault;
}

function checkTokens({ token, getToken }: Partial<InitOptions>): void {
  if (token !== undefined && (typeof token !== "string" || token === "")) {
    throw invalid("token", "must be a user token, which is a string.");
  }
  if (getToken !== undefined && typeof getToken !== "function") throw invalid("getToken", "must be a function.");
}

/** What is wrong with the parameters of a call, in the vendors' order. */
export function callFault(self: string, receiver: unknown, context: unknown, product: Product): TringError | undefined {
  const bad = (sentence: string) => new TringError("ERR_INVALID_CALL_PARAMETERS", sentence);
  if (!receiver || !context) return bad("Pass the receiver's cuid and a context.");
  if (receiver === self) return bad("Caller and receiver must not be the same cuid.");
  const rule = brokenCuidRule(receiver, product);
  if (rule) return bad(`The receiver's cuid ${rule}`);
  const broken = contextRule(context);
  return broken ? bad(`The context ${broken}`) : undefined;
}

/** What is wrong with `cuid`. */
export function cuidFault(cuid: unknown, product: Product): TringError | undefined {
  const rule = brokenCuidRule(cuid, product);
  return rule ? invalid("cuid", rule) : undefined;
}

/** What is wrong with `name`; without one there is nothing wrong. */
export function nameFault(name: unknown, { longestName }: Product): TringError | undefined {
  if (name === undefined || name === null) return undefined;
  const rule = nameRule(name, 3, longestName);
  return rule ? invalid("name", rule) : undefined;
}

function brokenCuidRule(cuid: unknown, { cuidStartsPlain }: Product): string | undefined {
  const rule = cuidRule(cuid);
  if (rule || !cuidStartsPlain) return rule;
  return (cuid as string).startsWith("_") ? "must start with a letter or a digit." : undefined;
}

function invalid(field: string, rule: string): TringError {
  return new TringError("ERR_INVALID_INITPARAMETERS", `\`${field}\` ${rule}`);
}
