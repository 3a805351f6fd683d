/**
 * The user token of one session: when to ask the app for one, when to ask again, and which one to show.
 *
 * Decides nothing about sockets: the session asks what is due and tells what happened. **Its owner calls `tick` when
 * `deadline()` has come and asks the app whenever `ask` or `tick` says so.**
 */
import { LIMITS } from "../generated/catalogue";

export interface TokenKeeper {
  /** What to show in `hello`. */
  current(): string | undefined;
  /** Whether the app must be asked before a `hello` makes sense. */
  mustAsk(now: number): boolean;
  /** Begins to wait for the app; whether it is to be asked now, because nobody does already. */
  ask(now: number): boolean;
  /** The app brought one. */
  brought(token: string): void;
  /** The app brought none, or what it brought was not taken; it will be asked again after a while. */
  failed(now: number): void;
  /** The one that the server has holds until `endsAt`, on this machine's clock; it says so with `welcome`. */
  welcomed(now: number, endsAt: number | undefined): void;
  /** The same for the one that was sent with `renew`. */
  renewed(now: number, endsAt: number): void;
  /** A token that is on its way to the server with `renew`, if there is a newer one than it has. */
  renewal(now: number): string | undefined;
  /** The server does not take the token; whether it makes sense to ask for another. */
  spoil(): boolean;
  /** What is due at `now`: asking the app, or giving up waiting for it. */
  tick(now: number): "ask" | "timed out" | undefined;
  deadline(): number | undefined;
}

/**
 * `held`: until a renewal is due, if ever. `asked`: the app works. `sent`: the server judges. `resting`: after a
 * failure.
 */
type Phase = "held" | "asked" | "sent" | "resting";

/** Keeps `first`, if the app passed one; `asks` if it can bring more. `random` is 0 to 1. */
export function createTokenKeeper(first: string | undefined, asks: boolean, random: () => number): TokenKeeper {
  let token = first;
  let phase: Phase = "held";
  let due: number | undefined;
  let endsAt: number | undefined;
  let attempt = 0;
  /** Whether the server has seen `token`. */
  let isShown = false;
  /** Whether the app brought it since the server last took one. */
  let isFresh = false;

  function hold(now: number, end: number | undefined): void {
    phase = "held";
    attempt = 0;
    isShown = true;
    isFresh = false;
    endsAt = end;
    due = asks && end !== undefined ? now + renewIn(end - now) : undefined;
  }

  return {
    current() {
      isShown = true;
      return token;
    },
    mustAsk: (now) => asks && (token === undefined || (endsAt !== undefined && endsAt <= now)),
    ask(now) {
      if (phase === "asked" || (phase === "resting" && due !== undefined && due > now)) return false;
      phase = "asked";
      due = now + LIMITS.TOKEN_PATIENCE;
      return true;
    },
    brought(brought) {
      token = brought;
      phase = "held";
      due = endsAt = undefined;
      isShown = false;
      isFresh = true;
    },
    failed(now) {
      phase = "resting";
      due = now + retryIn(attempt, random());
      attempt += 1;
    },
    welcomed(now, end) {
      // One that the app brought after `hello` was sent has still to be shown.
      if (isShown) hold(now, end);
    },
    renewed: hold,
    renewal(now) {
      if (isShown || token === undefined) return undefined;
      isShown = true;
      phase = "sent";
      due = now + LIMITS.TOKEN_PATIENCE;
      return token;
    },
    spoil() {
      // A token that was brought for this very attempt will not get better by asking for it again.
      if (!asks || isFresh) return false;
      token = endsAt = undefined;
      return true;
    },
    tick(now) {
      if (due === undefined || now < due) return undefined;
      if (phase === "asked" || phase === "sent") return "timed out";
      phase = "asked";
      due = now + LIMITS.TOKEN_PATIENCE;
      return "ask";
    },
    deadline: () => due,
  };
}

/**
 * How long to wait with a token that lives for `left`: four fifths of it, or until `TOKEN_MARGIN` before its end if that
 * is sooner. A token of less than a minute is renewed at its half.
 */
export function renewIn(left: number): number {
  return Math.round(Math.max(Math.min(left * 0.8, left - LIMITS.TOKEN_MARGIN), left / 2, 0));
}

function retryIn(attempt: number, random: number): number {
  const full = Math.min(LIMITS.TOKEN_RETRY_MIN * 2 ** attempt, LIMITS.TOKEN_RETRY_MAX);
  return Math.round(full - (full / 2) * random);
}
