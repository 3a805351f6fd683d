/**
 * One signed-in device's session as a pure machine: hello, welcome, resume, heartbeat and back-off.
 *
 * It decides when a socket is opened and given up, and what is sent on it; `delivery.ts` numbers the messages. Sockets,
 * clocks and the page's events are the owner's. **The owner feeds `handle` with everything that happens, performs all
 * of what it returns in order, calls it with `tick` when `deadline()` has come, and calls `flush` once what a message
 * brought about has been sent, so that it is acknowledged.**
 */
import { isTransient, wireError } from "../fault";
import { LIMITS, PROTOCOL_VERSION } from "../generated/catalogue";
import type { ClientFrame, ClientMessage, Hello, ServerFrame, Welcome, WireError } from "../generated/protocol";
import { backOff } from "./back-off";
import { createBeside, REDIAL_AFTER } from "./beside";
import { createDelivery } from "./delivery";
import { LinkBroken } from "./link";
import { createTokenKeeper } from "./token";
import { createTurnKeeper } from "./turn";
import type { Identity, SessionInput, SessionOutput, WakeReason } from "./types";

export type { Identity, SessionInput, SessionOutput } from "./types";

export interface Session {
  handle(now: number, input: SessionInput): SessionOutput[];
  /** Confirms what arrived, unless something that was sent since has done so. */
  flush(): SessionOutput[];
  /** When `tick` is due. */
  deadline(): number | undefined;
  /** Whether messages get through at the moment. */
  isOpen(): boolean;
}

/**
 * `idle`: not started. `asking`: the app brings a user token first. `opening`: a socket is on its way. `greeting`: `hello` was sent. `open`: signed in.
 * `waiting`: until the next attempt. `away`: the page is put away. `over`: for good.
 */
type Phase = "idle" | "asking" | "opening" | "greeting" | "open" | "waiting" | "away" | "over";

/** Whether the app can bring new user tokens. */
export type TokenSource = "none" | "app";

/** By how much a deadline must be missed for the page to have slept, in milliseconds; it is given as much to read what
 * came meanwhile. Higher: a page that had no time to read loses its session's socket; lower: a dead one is kept longer
 * when a lid is opened. */
const OVERSLEPT = 1_000;

/** What is said when the app takes too long. */
const NOT_IN_TIME = `\`getToken\` brought no token within ${LIMITS.TOKEN_PATIENCE / 1000} seconds.`;

/** What the server says of a token that another one may mend. */
const TOKEN_FAULTS: readonly string[] = ["ERR_TOKEN_REQUIRED", "ERR_TOKEN_INVALID", "ERR_TOKEN_EXPIRED"];

/** A session of `identity`; `random` returns 0 to 1 and spreads the attempts of many devices. */
export function createSession(identity: Identity, random: () => number, source: TokenSource = "none"): Session {
  let phase: Phase = "idle";
  const { token: firstToken, ...self } = identity;
  const tokens = createTokenKeeper(firstToken, source === "app", random);
  /** The server's clock minus this machine's. */
  let clockOffset = 0;
  const beside = createBeside(random);
  const delivery = createDelivery(() => beside.stage() === "greeting");
  const turn = createTurnKeeper();
  let isOccupied = false;
  let attempt = 0;
  let due: number | undefined;
  let lastHeard = 0;
  let out: SessionOutput[] = [];

  const emit = (...outputs: SessionOutput[]) => out.push(...outputs);

  function open(now: number): void {
    beside.clear();
    if (tokens.mustAsk(now)) {
      phase = "asking";
      due = undefined;
      if (tokens.ask(now)) emit({ type: "ask_token" });
      return;
    }
    phase = "opening";
    due = now + LIMITS.HEARTBEAT_TIMEOUT;
    emit({ type: "open_socket" });
  }

  /** The socket in use may be dead: the session is continued on another one beside it. */
  function probe(now: number): void {
    if (tokens.mustAsk(now)) return giveUp(now, "at once");
    if (beside.hint(now)) emit({ type: "open_socket", beside: true });
  }

  /** The socket in use is dead. One beside it is already on its way, or not. */
  function onDead(now: number, next: "at once" | "after a while"): void {
    const stage = beside.stage();
    if (stage !== "opening" && stage !== "greeting") return giveUp(now, next);
    emit({ type: "change_socket" }, { type: "lost" });
    phase = stage;
    due = now + LIMITS.HEARTBEAT_TIMEOUT;
    delivery.oweNothing();
    beside.clear();
  }

  /** The socket of the present phase is not wanted any more; `next` says when another one is. */
  function giveUp(now: number, next: "at once" | "after a while"): void {
    const wasOpen = phase === "open";
    delivery.oweNothing();
    emit({ type: "close_socket" });
    if (wasOpen) emit({ type: "lost" });
    if (next === "at once") open(now);
    else waitToRetry(now);
  }

  function waitToRetry(now: number): void {
    beside.clear();
    phase = "waiting";
    due = now + backOff(attempt, random());
    attempt += 1;
  }

  function finish(error?: WireError): void {
    beside.clear();
    phase = "over";
    due = undefined;
    emit({ type: "close_socket" });
    if (error) emit({ type: "refused", error });
  }

  function greet(now: number): void {
    phase = "greeting";
    due = now + LIMITS.HEARTBEAT_TIMEOUT;
    emit({ type: "frame", frame: hello() });
  }

  function hello(): ClientFrame {
    const hello: Hello = { protocol: PROTOCOL_VERSION, ...self };
    const token = tokens.current();
    if (token !== undefined) hello.token = token;
    const resume = delivery.resume();
    if (resume) hello.resume = resume;
    return { type: "hello", ...hello };
  }

  function welcomed(now: number, welcome: Welcome): void {
    phase = "open";
    attempt = 0;
    clockOffset = welcome.serverTime - now;
    turn.welcomed(now, welcome.iceServers && welcome.iceServers.expireAt - clockOffset);
    tokens.welcomed(now, welcome.tokenExpiresAt === undefined ? undefined : welcome.tokenExpiresAt - clockOffset);
    emitFrames(delivery.welcomed(welcome));
    emit({ type: "welcome", welcome });
    renew(now);
  }

  function emitFrames(frames: ClientFrame[]): void {
    emit(...frames.map((frame) => ({ type: "frame" as const, frame })));
  }

  function send(message: ClientMessage): void {
    if (phase === "idle" || phase === "over") return;
    emitFrames(delivery.send(message, phase === "open"));
  }

  function onFrame(now: number, frame: ServerFrame): void {
    if (phase !== "greeting" && phase !== "open") return;
    lastHeard = now;
    due = now + LIMITS.HEARTBEAT_TIMEOUT;
    switch (frame.type) {
      case "welcome":
        return phase === "greeting" ? welcomed(now, frame) : undefined;
      case "refused":
        // Where the session could not be continued beside this socket, the new one has ended the old.
        return beside.stage() === "greeting" ? onDead(now, "at once") : onRefused(now, frame.error);
      case "ping":
        return void emit({ type: "frame", frame: { type: "pong" } });
      case "renewed":
        return tokens.renewed(now, frame.tokenExpiresAt - clockOffset);
      case "renew_refused":
        return tokens.failed(now);
      case "ack":
        return delivery.acknowledge(frame.ack);
      case "message":
        if (delivery.receive(frame.seq, frame.ack)) emit({ type: "message", message: frame.body });
    }
  }

  /** What comes on the socket beside: the session goes on there, or it does not. */
  function onFrameBeside(now: number, frame: ServerFrame): void {
    if (beside.stage() !== "greeting") return;
    if (frame.type === "welcome") {
      beside.clear();
      lastHeard = now;
      due = now + LIMITS.HEARTBEAT_TIMEOUT;
      delivery.oweNothing();
      emit({ type: "change_socket" });
      welcomed(now, frame);
    } else if (frame.type === "refused") {
      emit({ type: "close_socket", beside: true });
      beside.failed(now, lastHeard);
    }
  }

  function onRefused(now: number, error: WireError): void {
    if (TOKEN_FAULTS.includes(error.code) && tokens.spoil()) giveUp(now, "at once");
    else if (isTransient(error)) giveUp(now, "after a while");
    else finish(error);
  }

  function onToken(now: number, token: string): void {
    tokens.brought(token);
    if (phase === "asking") open(now);
    else renew(now);
  }

  /** Shows the server a token that the app brought meanwhile. */
  function renew(now: number): void {
    const token = phase === "open" ? tokens.renewal(now) : undefined;
    if (token !== undefined) emit({ type: "frame", frame: { type: "renew", token } });
  }

  /** Whoever never was signed in learns it; who was is asked again, for as long as it takes. */
  function onTokenFailed(now: number, error: WireError): void {
    if (phase === "asking" && !delivery.canResume()) finish(error);
    else tokens.failed(now);
  }

  function onWake(now: number, why: WakeReason): void {
    switch (phase) {
      case "away":
      case "waiting":
        // Media of a page that was put away says nothing about when it comes back.
        if (phase === "away" && why === "media") return;
        attempt = 0;
        return open(now);
      case "opening":
      case "greeting":
        // What was begun without a network waits for seconds until the system tries again.
        if (due === undefined || now - (due - LIMITS.HEARTBEAT_TIMEOUT) < REDIAL_AFTER) return;
        emit({ type: "close_socket" });
        return open(now);
      case "open":
        // A socket of before the network went, or of before the machine slept, is most likely dead without knowing it.
        if (why === "online") return giveUp(now, "at once");
        if (why !== "visible") return probe(now);
        return now - lastHeard >= LIMITS.HEARTBEAT_TIMEOUT ? giveUp(now, "at once") : undefined;
    }
  }

  function onTokenTick(now: number): void {
    if (phase !== "open" && phase !== "asking") return;
    const next = tokens.tick(now);
    if (next === "ask") emit({ type: "ask_token" });
    else if (next === "timed out") onTokenFailed(now, wireError("ERR_TOKEN_REQUIRED", NOT_IN_TIME));
  }

  function onTick(now: number): void {
    onTokenTick(now);
    const next = beside.tick(now, lastHeard);
    if (next !== undefined) emit({ type: "close_socket", beside: true });
    if (next === "redial") emit({ type: "open_socket", beside: true });
    renewTurn(now);
    if (due === undefined || now < due) return;
    if (phase === "waiting") open(now);
    else if (phase === "open") onSilence(now, now - due);
    else if (phase === "opening" || phase === "greeting") giveUp(now, "after a while");
  }

  /** Nothing was heard for too long, if this page was awake. One that was not has frames that it has yet to read. */
  function onSilence(now: number, overdue: number): void {
    if (overdue < OVERSLEPT) return onDead(now, "at once");
    due = now + OVERSLEPT;
    probe(now);
  }

  /** New credentials for the TURN servers come with a welcome. */
  function renewTurn(now: number): void {
    if (phase === "open" && !isOccupied && turn.isDue(now)) probe(now);
  }

  function leave(): void {
    if (phase === "idle" || phase === "over") return;
    if (phase === "open") emit({ type: "frame", frame: { type: "leaving" } }, { type: "lost" });
    beside.clear();
    phase = "away";
    due = undefined;
    emit({ type: "close_socket" });
  }

  function onOpenedBeside(): void {
    if (beside.stage() !== "opening") return;
    beside.opened();
    emit({ type: "frame", frame: hello(), beside: true });
  }

  function onClosedBeside(now: number): void {
    const stage = beside.stage();
    if (stage === "opening" || stage === "greeting") beside.failed(now, lastHeard);
  }

  function onClosed(now: number): void {
    if (phase === "open" && beside.stage() !== undefined) return onDead(now, "after a while");
    if (phase !== "opening" && phase !== "greeting" && phase !== "open") return;
    if (phase === "open") emit({ type: "lost" });
    waitToRetry(now);
  }

  function signOut(): void {
    if (phase === "over") return;
    try {
      send({ type: "sign_out" });
    } catch (error) {
      // A server that has stopped listening is told nothing; the session ends all the same.
      if (!(error instanceof LinkBroken)) throw error;
    }
    finish();
  }

  function report({ callId, report }: Extract<SessionInput, { type: "report" }>): void {
    if (phase === "open") emit({ type: "frame", frame: { type: "report", callId, report } });
  }

  function dispatch(now: number, input: SessionInput): void {
    switch (input.type) {
      case "start":
        return phase === "idle" ? open(now) : undefined;
      case "socket_opened":
        if (input.beside) return onOpenedBeside();
        return phase === "opening" ? greet(now) : undefined;
      case "socket_closed":
        return input.beside ? onClosedBeside(now) : onClosed(now);
      case "frame":
        return input.beside ? onFrameBeside(now, input.frame) : onFrame(now, input.frame);
      case "wake":
        return onWake(now, input.why);
      case "leave":
        return leave();
      case "token":
        return phase === "over" ? undefined : onToken(now, input.token);
      case "token_failed":
        return phase === "over" ? undefined : onTokenFailed(now, input.error);
      case "send":
        return send(input.message);
      case "report":
        return report(input);
      case "occupied":
        isOccupied = input.occupied;
        return renewTurn(now);
      case "sign_out":
        return signOut();
      case "tick":
        return onTick(now);
    }
  }

  function take(): SessionOutput[] {
    const outputs = out;
    out = [];
    return outputs;
  }

  return {
    handle(now, input) {
      try {
        dispatch(now, input);
      } catch (error) {
        if (!(error instanceof LinkBroken)) throw error;
        // One of the two has lost count. The session cannot go on; a new one finds out what is still true.
        delivery.forget();
        giveUp(now, "after a while");
      }
      return take();
    },
    flush() {
      if (phase === "open") emitFrames(delivery.flush());
      return take();
    },
    deadline() {
      const isOpen = phase === "open";
      const times = [
        due,
        beside.deadline(),
        isOpen || phase === "asking" ? tokens.deadline() : undefined,
        isOpen && !isOccupied ? turn.deadline() : undefined,
      ];
      const set = times.filter((time) => time !== undefined);
      return set.length === 0 ? undefined : Math.min(...set);
    },
    isOpen: () => phase === "open",
  };
}
