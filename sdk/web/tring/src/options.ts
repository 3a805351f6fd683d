/** What an app passes to `signIn` and `call`, and the rules that it must keep. */
import {
  BOUNDS,
  type CallRequest,
  contextRule,
  cuidRule,
  imageAddress,
  nameRule,
  type TextChoice,
  TringError,
} from "@tring/core";

/** What `signIn` takes. */
export interface SignInOptions {
  /** The account, from its settings. */
  accountId: string;
  /** A publishable key of the account. May be left out with `token` or `getToken`. */
  apikey?: string | undefined;
  /** A user token: a JWT in which your backend says who signs in. */
  token?: string | undefined;
  /**
   * Asks your backend for a user token. It is called to sign in, before a token ends, and when the server takes the old
   * one no more. With `token` as well, that one is used first.
   */
  getToken?: (() => string | Promise<string>) | undefined;
  /** Who signs in: 5 to 50 letters, digits and `_`, not numbers joined by `_`. */
  cuid: string;
  /** What others see: 1 to 50 characters. */
  name?: string | undefined;
  /** The address of the Tring server, http or https; the one that the script was loaded from unless given. */
  server?: string | undefined;
  /** Whether the SDK shows its own call screens, notifications and the banner of a call elsewhere. Default: `true`. */
  screens?: boolean | undefined;
  /**
   * Whether a second caller is offered while this person is in a call. If not, that caller is told that they are busy.
   * Default: `true`.
   */
  callWaiting?: boolean | undefined;
  /** Whether the browser takes noise out of the microphone's sound. Default: `true`. */
  noiseSuppression?: boolean | undefined;
  /** The address of a sound file that is played instead of ringtone and ringback. */
  ringtone?: string | undefined;
  /** Texts of the call screens that replace the English ones. */
  texts?: TextChoice | undefined;
}

/** What `call` takes besides whom to call. */
export interface CallOptions {
  /** Why: 1 to 512 characters, shown on both sides. */
  context: string;
  /** What the other side reads instead of `context`. */
  remoteContext?: string | undefined;
  /** Your picture on their screen: an http, https or `data:image/…` address of at most 2,048 characters. */
  image?: string | undefined;
  /** Their picture on your screen, likewise. */
  remoteImage?: string | undefined;
}

/** Throws `ERR_MISSING_INITPARAMETERS` or `ERR_INVALID_INITPARAMETERS` for what the app must change. */
export function checkSignInOptions(options: Partial<SignInOptions> | undefined): asserts options is SignInOptions {
  if (typeof options !== "object" || options === null) throw missing("options", "is not there. Pass an object.");
  const { accountId, apikey, cuid, token, getToken, name } = options;
  if (getToken !== undefined && typeof getToken !== "function") throw invalid("getToken", "must be a function.");
  const hasProof = token !== undefined || getToken !== undefined;
  for (const [field, value] of Object.entries({ accountId, apikey, cuid, token })) {
    if (value === undefined || value === "") {
      if (field === "token" || (field === "apikey" && hasProof)) continue;
      throw missing(field, "is missing.");
    }
    if (typeof value !== "string") throw invalid(field, "must be a string.");
  }
  const rule = cuidRule(cuid);
  if (rule) throw invalid("cuid", rule);
  const nameFault = name === undefined ? undefined : nameRule(name, 1, BOUNDS.NAME_MAX);
  if (nameFault) throw invalid("name", nameFault);
}

/** The request for a call as the core takes it; throws `ERR_INVALID_CALL_PARAMETERS`. */
export function requestOf(to: unknown, self: string, options: CallOptions | undefined): CallRequest {
  const { context, remoteContext, image, remoteImage } = options ?? ({} as Partial<CallOptions>);
  check("The cuid that is called", cuidRule(to));
  if (to === self) check("The cuid that is called", "must not be the caller's own.");
  check("`context`", contextRule(context));
  if (remoteContext !== undefined) check("`remoteContext`", contextRule(remoteContext));
  const request: CallRequest = { to: to as string, context: (context as string).trim(), images: {} };
  if (remoteContext !== undefined) request.remoteContext = remoteContext.trim();
  const initiator = address("`image`", image);
  const receiver = address("`remoteImage`", remoteImage);
  if (initiator !== undefined) request.images.initiator = initiator;
  if (receiver !== undefined) request.images.receiver = receiver;
  return request;
}

function address(field: string, given: string | undefined): string | undefined {
  if (given === undefined) return undefined;
  const complete = imageAddress(given, document.baseURI);
  if (complete === undefined) check(field, "must be an http, https or data:image address of at most 2,048 characters.");
  return complete;
}

function check(what: string, rule: string | undefined): void {
  if (rule) throw new TringError("ERR_INVALID_CALL_PARAMETERS", `${what} ${rule}`);
}

function missing(field: string, rule: string): TringError {
  return new TringError("ERR_MISSING_INITPARAMETERS", `\`${field}\` ${rule}`);
}

function invalid(field: string, rule: string): TringError {
  return new TringError("ERR_INVALID_INITPARAMETERS", `\`${field}\` ${rule}`);
}
