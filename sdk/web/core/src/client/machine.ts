/**
 * The whole client as one pure machine: session and call machine, and what they say to each other.
 *
 * This is what `vectors/scenarios/` describes. **The owner feeds `handle` with everything that happens, performs all of
 * what it returns in order, and calls it with `tick` when `deadline()` has come.**
 */
import { type CallMachine, createCallMachine } from "../call/machine";
import type { CallInput, CallOutput } from "../call/types";
import {
  createSession,
  type Identity,
  type Session,
  type SessionInput,
  type SessionOutput,
  type TokenSource,
} from "../connection/session";
import type { Branding, ServerMessage, Welcome, WireError } from "../generated/protocol";

/** What only session and call machine say to each other. */
type InnerSession = "send" | "sign_out" | "tick";
type InnerCall = "signed_in" | "session_lost" | "session_refused" | "message" | "sign_out" | "tick";

export type ClientInput =
  | Exclude<SessionInput, { type: InnerSession }>
  | Exclude<CallInput, { type: InnerCall }>
  | { type: "sign_out" }
  | { type: "tick" };

export type ClientOutput =
  | Exclude<SessionOutput, { type: "welcome" | "message" | "refused" }>
  | Exclude<CallOutput, { type: "send" }>
  /** Signed in: first, again, or still. */
  | { type: "signed_in"; resumed: boolean }
  /** How the screens look from now on. */
  | { type: "branding"; branding: Branding }
  /** Signed out by the server, for good. */
  | { type: "refused"; error: WireError };

export interface ClientMachine {
  handle(now: number, input: ClientInput): ClientOutput[];
  /** When `tick` is due. */
  deadline(): number | undefined;
  /** Whether calls can be made at this moment. */
  isEnabled(): boolean;
}

/** The client of `identity`; `random` returns 0 to 1. */
export function createClientMachine(
  identity: Identity,
  random: () => number,
  source: TokenSource = "none",
): ClientMachine {
  const session = createSession(identity, random, source);
  const calls = createCallMachine();
  return {
    handle(now, input) {
      const run = createRun(now, session, calls);
      route(run, input);
      run.session(session.flush());
      return run.outputs;
    },
    deadline() {
      const times = [session.deadline(), calls.deadline()].filter((time) => time !== undefined);
      return times.length === 0 ? undefined : Math.min(...times);
    },
    isEnabled: session.isOpen,
  };
}

interface Run {
  readonly outputs: ClientOutput[];
  toSession(input: SessionInput): void;
  toCalls(input: CallInput): void;
  session(outputs: SessionOutput[]): void;
}

function route(run: Run, input: ClientInput): void {
  switch (input.type) {
    case "sign_out":
      run.toCalls(input);
      return run.toSession(input);
    case "tick":
      run.toSession(input);
      return run.toCalls(input);
    case "start":
    case "socket_opened":
    case "socket_closed":
    case "frame":
    case "wake":
    case "leave":
    case "token":
    case "token_failed":
      return run.toSession(input);
    default:
      return run.toCalls(input);
  }
}

/** One input on its way through both machines, with all outputs in the order in which they came. */
function createRun(now: number, session: Session, calls: CallMachine): Run {
  const outputs: ClientOutput[] = [];
  const run: Run = {
    outputs,
    toSession: (input) => run.session(session.handle(now, input)),
    toCalls(input) {
      for (const output of calls.handle(now, input)) {
        if (output.type === "send") run.toSession(output);
        else outputs.push(output);
      }
    },
    session(news) {
      for (const output of news) fromSession(output);
    },
  };

  function fromSession(output: SessionOutput): void {
    switch (output.type) {
      case "welcome":
        return onWelcome(output.welcome);
      case "message":
        return onMessage(output.message);
      case "lost":
        outputs.push(output);
        return run.toCalls({ type: "session_lost" });
      case "refused":
        run.toCalls({ type: "session_refused", error: output.error });
        outputs.push(output);
        return;
      default:
        outputs.push(output);
    }
  }

  function onWelcome({ resumed, branding, serverTime }: Welcome): void {
    outputs.push({ type: "signed_in", resumed }, { type: "branding", branding });
    run.toCalls({ type: "signed_in", resumed, clockOffset: serverTime - now });
  }

  function onMessage(message: ServerMessage): void {
    if (message.type === "branding_changed") outputs.push({ type: "branding", branding: message.branding });
    else run.toCalls({ type: "message", message });
  }

  return run;
}
