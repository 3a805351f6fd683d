/**
 * The whole client as one pure machine: session and call machine, and what they say to each other.
 *
 * This is what `vectors/scenarios/` describes. **The owner feeds `handle` with everything that happens, performs all of
 * what it returns in order, and calls it with `tick` when `deadline()` has come.**
 */
import { type CallMachine, createCallMachine, ONE_CALL } from "../call/machine";
import type { CallChoices, CallInput, CallOutput, ShownCall } from "../call/types";
import {
  createSession,
  type Identity,
  type Session,
  type SessionInput,
  type SessionOutput,
  type TokenSource,
} from "../connection/session";
import { wireError } from "../fault";
import { CALL_WAITING } from "../generated/catalogue";
import type { Branding, IceServer, ServerMessage, Welcome, WireError } from "../generated/protocol";
import { type CheckInput, type CheckOutput, type Checks, createChecks } from "./checks";

/** What only session and call machine say to each other. */
type InnerSession = "send" | "sign_out" | "tick" | "occupied";
type InnerCall = "signed_in" | "session_lost" | "session_refused" | "message" | "sign_out" | "tick";

export type ClientInput =
  | Exclude<SessionInput, { type: InnerSession }>
  | Exclude<CallInput, { type: InnerCall }>
  | CheckInput
  | { type: "sign_out" }
  | { type: "tick" };

export type ClientOutput =
  | Exclude<SessionOutput, { type: "welcome" | "message" | "refused" }>
  | Exclude<CallOutput, { type: "send" | "probe" }>
  | CheckOutput
  /** Signed in: first, again, or still. */
  | { type: "signed_in"; resumed: boolean }
  /** How the screens look from now on. */
  | { type: "branding"; branding: Branding }
  /** The TURN servers that peers may use from now on. */
  | { type: "ice_servers"; servers: IceServer[] }
  /** Signed out by the server, for good. */
  | { type: "refused"; error: WireError };

export interface ClientMachine {
  handle(now: number, input: ClientInput): ClientOutput[];
  /** When `tick` is due. */
  deadline(): number | undefined;
  /** Whether calls can be made at this moment. */
  isEnabled(): boolean;
  /** See `CallMachine`. */
  calls(): ShownCall[];
}

/** The client of `identity`; `random` returns 0 to 1. */
export function createClientMachine(
  identity: Identity,
  random: () => number,
  source: TokenSource = "none",
  choices: CallChoices = ONE_CALL,
): ClientMachine {
  const session = createSession(withCapabilities(identity, choices), random, source);
  const calls = createCallMachine(choices);
  const checks = createChecks();
  /** Whether the last welcome brought TURN servers. */
  const told = { iceServers: false };
  return {
    handle(now, input) {
      const run = createRun(now, { session, calls, checks, told });
      route(run, input);
      run.session(session.handle(now, { type: "occupied", occupied: calls.isOccupied() }));
      run.session(session.flush());
      return run.outputs;
    },
    deadline() {
      const times = [session.deadline(), calls.deadline()].filter((time) => time !== undefined);
      return times.length === 0 ? undefined : Math.min(...times);
    },
    isEnabled: session.isOpen,
    calls: calls.calls,
  };
}

/** The server offers a second call only to devices that say that they can show one. */
function withCapabilities(identity: Identity, { callWaiting }: CallChoices): Identity {
  if (!callWaiting || identity.capabilities.includes(CALL_WAITING)) return identity;
  return { ...identity, capabilities: [...identity.capabilities, CALL_WAITING] };
}

interface Run {
  readonly outputs: ClientOutput[];
  toSession(input: SessionInput): void;
  toCalls(input: CallInput): void;
  toChecks(input: CheckInput): void;
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
    case "report":
      return run.toSession(input);
    case "check":
    case "check_done":
      return run.toChecks(input);
    default:
      return run.toCalls(input);
  }
}

interface Parts {
  readonly session: Session;
  readonly calls: CallMachine;
  readonly checks: Checks;
  readonly told: { iceServers: boolean };
}

/** One input on its way through the machines, with all outputs in the order in which they came. */
function createRun(now: number, { session, calls, checks, told }: Parts): Run {
  const outputs: ClientOutput[] = [];
  const run: Run = {
    outputs,
    toSession: (input) => run.session(session.handle(now, input)),
    toCalls(input) {
      for (const output of calls.handle(now, input)) {
        if (output.type === "send") run.toSession(output);
        else if (output.type === "probe") run.toSession({ type: "wake", why: "media" });
        else outputs.push(output);
      }
    },
    toChecks(input) {
      for (const step of checks.handle(input, session.isOpen())) {
        if (step.type === "send") run.toSession(step);
        else outputs.push(step);
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
        outputs.push(...checks.lost(output.error), output);
        return;
      default:
        outputs.push(output);
    }
  }

  function onWelcome({ resumed, branding, serverTime, iceServers }: Welcome): void {
    outputs.push({ type: "signed_in", resumed }, { type: "branding", branding });
    if (iceServers || told.iceServers) outputs.push({ type: "ice_servers", servers: iceServers?.servers ?? [] });
    told.iceServers = iceServers !== undefined;
    if (!resumed) outputs.push(...checks.lost(wireError("ERR_INTERNET_LOST")));
    run.toCalls({ type: "signed_in", resumed, clockOffset: serverTime - now });
  }

  function onMessage(message: ServerMessage): void {
    switch (message.type) {
      case "branding_changed":
        outputs.push({ type: "branding", branding: message.branding });
        return;
      case "check_answer":
      case "check_refused":
        outputs.push(...checks.answered(message));
        return;
      default:
        run.toCalls({ type: "message", message });
    }
  }

  return run;
}
