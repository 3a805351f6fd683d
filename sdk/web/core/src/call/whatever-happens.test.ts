/** What holds for the machine in every order of events, whatever the app allows. */
import fc from "fast-check";
import { expect, it } from "vitest";
import type { CallSnapshot, ServerMessage, WeakNetwork } from "../generated/protocol";
import { type CallMachine, createCallMachine } from "./machine";
import type { CallChoices, CallInput, CallOutput } from "./types";

const IDS = ["first", "second", "third"];

const says = (message: ServerMessage): CallInput => ({ type: "message", message });
const id = fc.constantFrom(...IDS);
const maybeId = fc.option(id, { nil: undefined });
const yes = fc.boolean();
const named = (callId: string | undefined) => (callId === undefined ? {} : { callId });

const snapshot = fc.record({ callId: id, held: yes, muted: yes, isAnswered: yes }).map(
  ({ isAnswered, ...rest }): CallSnapshot => ({
    ...rest,
    role: "caller",
    state: isAnswered ? "connected" : "ringing",
    peer: { cuid: "ravi_22" },
    context: "Hello",
    images: {},
    peerMuted: false,
  }),
);

const fromServer = fc.oneof(
  fc.tuple(id, yes).map(
    ([callId, waiting]): ServerMessage => ({
      type: "incoming",
      callId,
      from: { cuid: "ravi_22" },
      context: "Hello",
      images: {},
      ringTimeout: 30_000,
      waiting,
    }),
  ),
  fc
    .tuple(fc.constantFrom("1", "2", "3"), id, fc.constantFrom("caller" as const, "callee" as const))
    .map(([reference, callId, role]): ServerMessage => ({ type: "placed", reference, callId, role })),
  id.map((callId): ServerMessage => ({ type: "ringing", callId })),
  id.map((callId): ServerMessage => ({ type: "answered", callId, at: 0 })),
  id.map((callId): ServerMessage => ({ type: "connected", callId, at: 0 })),
  fc
    .tuple(id, fc.constantFrom("answered_elsewhere" as const, "declined_elsewhere" as const, "taken_over" as const))
    .map(([callId, reason]): ServerMessage => ({ type: "withdrawn", callId, reason })),
  id.map((callId): ServerMessage => ({ type: "ended", callId, status: "over", reason: "hangup", duration: 0 })),
  fc.tuple(id, yes).map(([callId, held]): ServerMessage => ({ type: "held", callId, held })),
  fc.tuple(id, yes).map(([callId, held]): ServerMessage => ({ type: "peer_held", callId, held })),
  fc
    .tuple(id, fc.constantFrom<WeakNetwork>("none", "yours", "theirs"))
    .map(([callId, weak]): ServerMessage => ({ type: "network", callId, weak })),
  snapshot.map((call): ServerMessage => ({ type: "elsewhere", call })),
  id.map((callId): ServerMessage => ({ type: "elsewhere_ended", callId })),
  id.map((callId): ServerMessage => ({ type: "media_answer", callId, sdp: "v=0" })),
);

const orderly: fc.Arbitrary<CallInput> = fc.oneof(
  { arbitrary: fromServer.map(says), weight: 12 },
  fc
    .tuple(maybeId, fc.constantFrom("end" as const, "hold" as const))
    .map(([callId, current]): CallInput => ({ type: "answer", current, ...named(callId) })),
  maybeId.map((callId): CallInput => ({ type: "decline", ...named(callId) })),
  maybeId.map((callId): CallInput => ({ type: "hangup", ...named(callId) })),
  fc.tuple(maybeId, yes).map(([callId, muted]): CallInput => ({ type: "mute", muted, ...named(callId) })),
  {
    arbitrary: fc.tuple(maybeId, yes).map(([callId, held]): CallInput => ({ type: "hold", held, ...named(callId) })),
    weight: 6,
  },
  id.map((callId): CallInput => ({ type: "media_lost", callId })),
  id.map((callId): CallInput => ({ type: "media_back", callId })),
  id.map((callId): CallInput => ({ type: "offer", callId, sdp: "v=0" })),
  id.map((callId): CallInput => ({ type: "take_over", callId, reference: "" })),
  fc.constantFrom<CallInput>(
    { type: "signed_in", resumed: false, clockOffset: 0 },
    { type: "signed_in", resumed: true, clockOffset: 0 },
    { type: "session_lost" },
    { type: "microphone_opened" },
    { type: "microphone_failed" },
    { type: "tick" },
    { type: "dismiss" },
    { type: "call", reference: "", to: "ravi_22", context: "Hello", images: {} },
  ),
);

/** A server that gives two calls back as not on hold is not believed to be consistent, but must do no harm. */
const disorderly = fc.oneof(
  { arbitrary: orderly, weight: 10 },
  { arbitrary: snapshot.map((call) => says({ type: "restored", call })), weight: 1 },
);

const answered = (callId: string): CallInput[] => [
  says({ type: "incoming", callId, from: { cuid: "ravi_22" }, context: "Hello", images: {}, ringTimeout: 30_000 }),
  { type: "answer", callId },
  { type: "microphone_opened" },
  says({ type: "answered", callId, at: 0 }),
  says({ type: "connected", callId, at: 0 }),
];

/** Where the timelines begin: chance alone hardly ever gets as far as two calls. */
const beginning = fc.constantFrom<CallInput[]>([], answered("first"), [
  ...answered("first"),
  { type: "hold", held: true },
  ...answered("second"),
]);

/** What is open according to the outputs, and that they make sense. */
function createWitness() {
  const promises = new Set<string>();
  const peers = new Set<string>();
  let microphone = false;
  let live: string | undefined;

  function see(output: CallOutput): void {
    switch (output.type) {
      case "settle":
        return expect(promises.delete(output.reference), "a promise is settled once").toBe(true);
      case "open_microphone":
        microphone = true;
        return;
      case "close_microphone":
        microphone = false;
        live = undefined;
        return;
      case "open_peer":
        return void peers.add(output.callId);
      case "close_peer":
        expect(peers.delete(output.callId), "a peer is closed once").toBe(true);
        if (live === output.callId) live = undefined;
        return;
      case "accept_answer":
        return expect(peers, "an answer is for a peer that is open").toContain(output.callId);
      case "microphone_live":
        expect(peers, "the microphone is sent on a peer").toContain(output.callId);
        if (!output.live) expect(live).toBe(output.callId);
        else
          expect({ microphone, live }, "the microphone is sent to one call").toEqual({
            microphone: true,
            live: undefined,
          });
        live = output.live ? output.callId : undefined;
    }
  }

  return { promises, see, rest: () => ({ microphone, live, peers: [...peers] }) };
}

const stepsOf = (input: fc.Arbitrary<CallInput>) =>
  fc.array(fc.tuple(fc.nat({ max: 5_000 }), input), { maxLength: 40 });
const choices = fc.record({ callWaiting: yes, hold: yes });

/** Plays a timeline to its end, `watch`ing the machine after each input. */
function play(
  chosen: CallChoices,
  first: CallInput[],
  steps: [number, CallInput][],
  watch: (m: CallMachine) => void,
): void {
  const machine = createCallMachine(chosen);
  const witness = createWitness();
  let references = 0;
  let now = 0;
  const feed = (input: CallInput) => {
    for (const output of machine.handle(now, input)) witness.see(output);
    watch(machine);
  };
  feed({ type: "signed_in", resumed: false, clockOffset: 0 });
  for (const input of first) feed(input);
  for (const [wait, input] of steps) {
    now += wait;
    if (input.type !== "call" && input.type !== "take_over") {
      feed(input);
      continue;
    }
    references += 1;
    const reference = String(references);
    witness.promises.add(reference);
    feed({ ...input, reference });
  }
  feed({ type: "sign_out" });
  expect([...witness.promises], "promises that are kept waiting").toEqual([]);
  expect(witness.rest()).toEqual({ microphone: false, live: undefined, peers: [] });
  expect(machine.deadline()).toBeUndefined();
}

it("settles each promise once, sends the microphone to one call at most, and leaves nothing open", () => {
  fc.assert(
    fc.property(choices, beginning, stepsOf(disorderly), (chosen, first, steps) =>
      play(chosen, first, steps, () => {}),
    ),
    { numRuns: 500 },
  );
}, 120_000);

it("is in one call at most that is not on hold", () => {
  const oneAtMost = (machine: CallMachine) => {
    const calls = machine.calls().filter(({ phase, held }) => phase !== "ended" && phase !== "incoming" && !held);
    expect(calls.length, "calls that are not on hold").toBeLessThanOrEqual(1);
  };
  fc.assert(
    fc.property(choices, beginning, stepsOf(orderly), (chosen, first, steps) => play(chosen, first, steps, oneAtMost)),
    { numRuns: 500 },
  );
}, 120_000);
