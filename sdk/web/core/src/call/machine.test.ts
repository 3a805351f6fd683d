import { describe, expect, it } from "vitest";
import type { ServerMessage, WeakNetwork } from "../generated/protocol";
import { type CallMachine, createCallMachine } from "./machine";
import { PEER_INTERVAL, RING_MARGIN } from "./state";
import type { CallInput, CallOutput } from "./types";

const CALL = "0193a5c0-1a2b-7c3d-8e4f-5a6b7c8d9e0f";
const OTHER = "0193a5c0-1a2b-7c3d-8e4f-5a6b7c8d9e10";
const SIGNED_IN: CallInput = { type: "signed_in", resumed: false, clockOffset: 0 };

const says = (message: ServerMessage): CallInput => ({ type: "message", message });
const incoming = (callId: string) =>
  says({ type: "incoming", callId, from: { cuid: "ravi_22" }, context: "Hello", images: {}, ringTimeout: 30_000 });
const calls = (reference: string): CallInput => ({
  type: "call",
  reference,
  to: "ravi_22",
  context: "Hello",
  images: {},
});
const sent = (outputs: CallOutput[]) => outputs.flatMap((output) => (output.type === "send" ? [output.message] : []));

function machineWith(...inputs: CallInput[]) {
  const machine = createCallMachine();
  for (const input of inputs) machine.handle(0, input);
  return machine;
}

describe("a ringing device", () => {
  it("stops by itself when the server does not say that it is over", () => {
    const machine = machineWith(SIGNED_IN, incoming(CALL));
    expect(machine.deadline()).toBe(30_000 + RING_MARGIN);
    const outputs = machine.handle(30_000 + RING_MARGIN, { type: "tick" });
    expect(outputs).toContainEqual({ type: "close_peer", callId: CALL });
    expect(outputs[outputs.length - 1]).toMatchObject({ type: "view", view: { phase: "ended", end: "ring_timeout" } });
  });

  it("rings on, with a new peer and no second event, when the call comes again with a new session", () => {
    const machine = machineWith(SIGNED_IN, incoming(CALL), { type: "session_lost" });
    machine.handle(100, SIGNED_IN);
    expect(machine.handle(110, incoming(CALL))).toEqual([
      { type: "send", message: { type: "ringing", callId: CALL } },
      { type: "open_peer", callId: CALL },
    ]);
  });

  it("answers again when its answer was lost with the session", () => {
    const machine = machineWith(SIGNED_IN, incoming(CALL), { type: "answer" }, { type: "microphone_opened" });
    machine.handle(100, { type: "session_lost" });
    machine.handle(200, SIGNED_IN);
    expect(sent(machine.handle(210, incoming(CALL)))).toContainEqual({ type: "answer", callId: CALL });
  });

  it("ignores Decline while an answer is under way", () => {
    const machine = machineWith(SIGNED_IN, incoming(CALL), { type: "answer" });
    expect(machine.handle(1, { type: "decline" })).toEqual([]);
  });

  it("declines a second call as busy", () => {
    const machine = machineWith(SIGNED_IN, incoming(CALL));
    expect(sent(machine.handle(1, incoming(OTHER)))).toEqual([{ type: "decline", callId: OTHER, reason: "busy" }]);
  });
});

describe("a caller", () => {
  it("is shown the call that rang meanwhile when its own comes to nothing", () => {
    const machine = machineWith(SIGNED_IN, calls("1"), { type: "microphone_opened" }, incoming(CALL));
    const error = { code: "ERR_OUTGOING_CALL_IN_PROGRESS", message: "Busy." } as const;
    const outputs = machine.handle(1, says({ type: "rejected", reference: "1", error }));
    expect(sent(outputs)).toEqual([{ type: "ringing", callId: CALL }]);
    expect(outputs[outputs.length - 1]).toMatchObject({ type: "view", view: { phase: "incoming" } });
  });

  it("may call again while the end of the last call is awaited", () => {
    const machine = machineWith(SIGNED_IN, calls("1"), { type: "microphone_opened" });
    machine.handle(0, says({ type: "placed", reference: "1", callId: CALL, role: "caller" }));
    machine.handle(1, { type: "hangup" });
    machine.handle(2, calls("2"));
    expect(sent(machine.handle(3, { type: "microphone_opened" }))).toMatchObject([{ type: "place", reference: "2" }]);
  });

  it("is told its own view of the end when the server says nothing", () => {
    const machine = machineWith(SIGNED_IN, calls("1"), { type: "microphone_opened" });
    machine.handle(0, says({ type: "placed", reference: "1", callId: CALL, role: "caller" }));
    machine.handle(1, { type: "hangup" });
    const due = machine.deadline() ?? Number.NaN;
    expect(machine.handle(due, { type: "tick" })).toContainEqual({
      type: "settle",
      reference: "1",
      outcome: { rejects: "cancelled" },
    });
  });

  it("hangs up before the microphone is there", () => {
    const machine = machineWith(SIGNED_IN, calls("1"));
    expect(machine.handle(1, { type: "hangup" })).toEqual([
      { type: "settle", reference: "1", outcome: { rejects: "cancelled" } },
      { type: "close_microphone" },
    ]);
    expect(machine.handle(2, { type: "microphone_opened" })).toEqual([]);
  });
});

describe("a broken path", () => {
  const talking = () =>
    machineWith(
      SIGNED_IN,
      incoming(CALL),
      { type: "answer" },
      { type: "microphone_opened" },
      says({ type: "answered", callId: CALL, at: 0 }),
      says({ type: "connected", callId: CALL, at: 0 }),
    );
  const lost: CallInput = { type: "media_lost", callId: CALL };

  it("waits for signalling before it opens another peer", () => {
    const machine = talking();
    machine.handle(10_000, { type: "session_lost" });
    expect(machine.handle(10_001, lost).map(({ type }) => type)).toEqual(["view"]);
    const outputs = machine.handle(10_500, { type: "signed_in", resumed: true, clockOffset: 0 });
    expect(outputs).toEqual([{ type: "open_peer", callId: CALL }]);
  });

  it("leaves a new peer its time", () => {
    const machine = talking();
    machine.handle(10_000, lost);
    expect(machine.handle(10_500, lost)).toEqual([]);
    expect(machine.deadline()).toBe(10_000 + PEER_INTERVAL);
    expect(machine.handle(10_000 + PEER_INTERVAL, { type: "tick" })).toEqual([{ type: "open_peer", callId: CALL }]);
  });
});

describe("a word on the network", () => {
  const word = (weak: string) => says({ type: "network", callId: CALL, weak: weak as WeakNetwork });
  const shown = (machine: CallMachine) => machine.calls().map(({ poorNetwork }) => poorNetwork);

  it("that a later server may have is no hint, and ends an earlier one", () => {
    const machine = machineWith(SIGNED_IN, incoming(CALL), word("theirs"));
    expect(shown(machine)).toEqual(["theirs"]);
    machine.handle(1, word("everybodys"));
    expect(shown(machine)).toEqual([undefined]);
  });
});
