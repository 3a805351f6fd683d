import { expect, it } from "vitest";
import { BOUNDS } from "../generated/catalogue";
import type { ServerFrame } from "../generated/protocol";
import { backOff } from "./back-off";
import { createSession, type Identity, type Session } from "./session";

const IDENTITY: Identity = {
  account: "acme1234",
  cuid: "anita_1",
  device: { id: "tab-5f3a9c", platform: "web" },
  sdk: { name: "signed-call", version: "0.1.0" },
  capabilities: [],
};

const welcome = (resumed: boolean, received = 0): ServerFrame => ({
  type: "welcome",
  session: "s-1",
  resumeToken: "r-1",
  resumed,
  received,
  branding: { logo: null, backgroundColor: "#000000", textColor: "#ffffff", buttonTheme: "default", poweredBy: true },
  ringTimeout: 30_000,
  connectTimeout: 15_000,
  relay: { udp: [] },
  serverTime: 0,
});

const message = (seq: number): ServerFrame => ({
  type: "message",
  seq,
  ack: 0,
  body: { type: "ringing", callId: "call" },
});

function signedIn(): Session {
  const session = createSession(IDENTITY, () => 0);
  session.handle(0, { type: "start" });
  session.handle(0, { type: "socket_opened" });
  session.handle(0, { type: "frame", frame: welcome(false) });
  return session;
}

it("gives up a socket that does not open, and one that gets no welcome", () => {
  const session = createSession(IDENTITY, () => 0);
  session.handle(0, { type: "start" });
  expect(session.deadline()).toBe(9_000);
  expect(session.handle(9_000, { type: "tick" })).toEqual([{ type: "close_socket" }]);
  expect(session.handle(9_250, { type: "tick" })).toEqual([{ type: "open_socket" }]);
  session.handle(9_260, { type: "socket_opened" });
  expect(session.handle(18_260, { type: "tick" })).toEqual([{ type: "close_socket" }]);
  expect(session.deadline()).toBe(18_760);
});

it("begins anew, without resuming, when the numbering is broken", () => {
  const session = signedIn();
  expect(session.handle(10, { type: "frame", frame: message(2) })).toEqual([
    { type: "close_socket" },
    { type: "lost" },
  ]);
  session.handle(260, { type: "tick" });
  const [hello] = session.handle(270, { type: "socket_opened" });
  expect(hello).toMatchObject({ frame: { type: "hello", cuid: "anita_1" } });
  expect(hello).not.toHaveProperty("frame.resume");
});

it("acknowledges once, with the last word of several messages, and not after a message that does", () => {
  const session = signedIn();
  session.handle(10, { type: "frame", frame: message(1) });
  session.handle(10, { type: "frame", frame: message(2) });
  expect(session.flush()).toEqual([{ type: "frame", frame: { type: "ack", ack: 2 } }]);
  expect(session.flush()).toEqual([]);
  session.handle(20, { type: "frame", frame: message(3) });
  expect(session.handle(20, { type: "send", message: { type: "hangup", callId: "call" } })).toEqual([
    { type: "frame", frame: { type: "message", seq: 1, ack: 3, body: { type: "hangup", callId: "call" } } },
  ]);
  expect(session.flush()).toEqual([]);
});

it("keeps what is said without a socket until there is one", () => {
  const session = signedIn();
  session.handle(10, { type: "socket_closed" });
  expect(session.handle(20, { type: "send", message: { type: "answer", callId: "call" } })).toEqual([]);
  session.handle(260, { type: "tick" });
  session.handle(270, { type: "socket_opened" });
  expect(session.handle(280, { type: "frame", frame: welcome(true) })[0]).toEqual({
    type: "frame",
    frame: { type: "message", seq: 1, ack: 0, body: { type: "answer", callId: "call" } },
  });
});

it("trusts its socket when the page comes to the front, unless nothing came for too long", () => {
  const session = signedIn();
  expect(session.handle(8_999, { type: "wake", why: "visible" })).toEqual([]);
  expect(session.handle(9_000, { type: "wake", why: "visible" })).toEqual([
    { type: "close_socket" },
    { type: "lost" },
    { type: "open_socket" },
  ]);
});

it("waits for a hidden page to return without trying", () => {
  const session = signedIn();
  session.handle(10, { type: "leave" });
  expect(session.deadline()).toBeUndefined();
  expect(session.isOpen()).toBe(false);
  expect(session.handle(20, { type: "socket_closed" })).toEqual([]);
});

it("backs off twice as long each time, with up to half of it random", () => {
  expect([0, 1, 2, 3, 4, 5, 50].map((attempt) => backOff(attempt, 0))).toEqual([
    250, 500, 1000, 2000, 4000, 5000, 5000,
  ]);
  expect(backOff(0, 1)).toBe(125);
  expect(backOff(9, 0.5)).toBe(3_750);
});

it("ends with signing out although the server has stopped acknowledging", () => {
  const session = signedIn();
  for (let n = 0; n < BOUNDS.OUTBOX_MAX; n += 1) {
    session.handle(0, { type: "send", message: { type: "check_done", reference: String(n) } });
  }
  expect(session.handle(0, { type: "sign_out" })).toEqual([{ type: "close_socket" }]);
  expect(session.handle(0, { type: "wake", why: "online" })).toEqual([]);
});
