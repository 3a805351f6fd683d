/** A session that is in doubt about its socket; what goes well is in `vectors/scenarios/`. */
import { describe, expect, it } from "vitest";
import type { ServerFrame, WireError } from "../generated/protocol";
import { BESIDE_PATIENCE, REDIAL_AFTER } from "./beside";
import { createSession, type Session } from "./session";
import type { Identity, SessionInput } from "./types";

const IDENTITY: Identity = {
  account: "acme1234",
  cuid: "anita_1",
  device: { id: "tab-5f3a9c", platform: "web" },
  sdk: { name: "signed-call", version: "0.1.0" },
  capabilities: [],
};

const welcome = (resumed: boolean): ServerFrame => ({
  type: "welcome",
  session: "s-1",
  resumeToken: "r-1",
  resumed,
  received: 0,
  branding: { logo: null, backgroundColor: "#000000", textColor: "#ffffff", buttonTheme: "default", poweredBy: true },
  ringTimeout: 30_000,
  connectTimeout: 15_000,
  relay: { udp: [] },
  serverTime: 0,
});
const HINT: SessionInput = { type: "wake", why: "network" };
const PING: SessionInput = { type: "frame", frame: { type: "ping" } };
const OPENED: SessionInput = { type: "socket_opened", beside: true };
const CLOSED: SessionInput = { type: "socket_closed", beside: true };
const refused = (code: WireError["code"], beside?: true): SessionInput => ({
  type: "frame",
  frame: { type: "refused", error: { code, message: "" } },
  ...(beside ? { beside } : {}),
});

/** Signed in at 0, and in doubt since 1,000. */
function inDoubt(): Session {
  const session = createSession(IDENTITY, () => 0);
  session.handle(0, { type: "start" });
  session.handle(0, { type: "socket_opened" });
  session.handle(0, { type: "frame", frame: welcome(false) });
  expect(session.handle(1_000, HINT)).toEqual([{ type: "open_socket", beside: true }]);
  return session;
}

describe("a session in doubt about its socket", () => {
  it("takes several hints for one event, and dials again for a later one", () => {
    const session = inDoubt();
    expect(session.handle(1_000 + REDIAL_AFTER - 1, { type: "wake", why: "media" })).toEqual([]);
    expect(session.handle(1_000 + REDIAL_AFTER, HINT)).toEqual([{ type: "open_socket", beside: true }]);
  });

  it("dials again and again, each time with more patience, until the first socket is given up", () => {
    const session = inDoubt();
    const again = [
      { type: "close_socket", beside: true },
      { type: "open_socket", beside: true },
    ];
    expect(session.handle(1_000 + BESIDE_PATIENCE, { type: "tick" })).toEqual(again);
    expect(session.handle(1_000 + 3 * BESIDE_PATIENCE, { type: "tick" })).toEqual(again);
    expect(session.handle(9_000, { type: "tick" })).toEqual([{ type: "change_socket" }, { type: "lost" }]);
    expect(session.isOpen()).toBe(false);
    expect(session.handle(9_100, { type: "socket_opened" })).toMatchObject([{ frame: { type: "hello" } }]);
    expect(session.handle(9_120, { type: "frame", frame: welcome(true) })).toMatchObject([{ type: "welcome" }]);
  });

  it("lets the second socket be once the first is heard", () => {
    const session = inDoubt();
    session.handle(1_200, PING);
    expect(session.handle(1_000 + BESIDE_PATIENCE, { type: "tick" })).toEqual([{ type: "close_socket", beside: true }]);
    expect(session.deadline()).toBe(1_200 + 9_000);
  });

  it("rests before it dials again where a network refuses at once", () => {
    const session = inDoubt();
    expect(session.handle(1_010, CLOSED)).toEqual([]);
    expect(session.deadline()).toBe(1_260);
    expect(session.handle(1_260, { type: "tick" })).toContainEqual({ type: "open_socket", beside: true });
  });

  it("goes on with the first socket when the second is refused", () => {
    const session = inDoubt();
    session.handle(1_010, OPENED);
    session.handle(1_015, PING);
    expect(session.handle(1_020, refused("ERR_RATE_LIMITED", true))).toEqual([{ type: "close_socket", beside: true }]);
    expect(session.isOpen()).toBe(true);
    expect(session.deadline()).toBe(1_015 + 9_000);
  });

  it("takes it for the end of the first socket, not of the session, when the new one has replaced the old", () => {
    const session = inDoubt();
    session.handle(1_010, OPENED);
    expect(session.handle(1_020, refused("ERR_REPLACED"))).toEqual([{ type: "change_socket" }, { type: "lost" }]);
    expect(session.handle(1_025, { type: "frame", frame: welcome(false) })).toMatchObject([{ type: "welcome" }]);
    expect(session.isOpen()).toBe(true);
  });

  it("is over when it is refused before the second socket has said anything", () => {
    const session = inDoubt();
    expect(session.handle(1_020, refused("ERR_REPLACED"))).toMatchObject([
      { type: "close_socket" },
      { type: "refused" },
    ]);
    expect(session.deadline()).toBeUndefined();
  });

  it("keeps back what it would acknowledge while the second socket is greeted", () => {
    const session = inDoubt();
    session.handle(1_010, OPENED);
    session.handle(1_015, {
      type: "frame",
      frame: { type: "message", seq: 1, ack: 0, body: { type: "ringing", callId: "call" } },
    });
    expect(session.flush()).toEqual([]);
    session.handle(1_020, CLOSED);
    expect(session.flush()).toEqual([{ type: "frame", frame: { type: "ack", ack: 1 } }]);
  });

  it("forgets the second socket with the page and with the user", () => {
    for (const input of [{ type: "leave" }, { type: "sign_out" }] as const) {
      const session = inDoubt();
      expect(session.handle(1_010, input)).toContainEqual({ type: "close_socket" });
      expect(session.deadline()).toBeUndefined();
      expect(session.handle(1_020, OPENED)).toEqual([]);
    }
  });
});

it("reads what came while the page slept before it gives its socket up, and makes sure of another meanwhile", () => {
  const session = createSession(IDENTITY, () => 0);
  session.handle(0, { type: "start" });
  session.handle(0, { type: "socket_opened" });
  session.handle(0, { type: "frame", frame: welcome(false) });
  expect(session.handle(60_000, { type: "tick" })).toEqual([{ type: "open_socket", beside: true }]);
  expect(session.deadline()).toBe(61_000);
  expect(session.handle(61_000, { type: "tick" })).toEqual([{ type: "change_socket" }, { type: "lost" }]);
});

it("dials again at once what it began before the network was back", () => {
  const session = createSession(IDENTITY, () => 0);
  session.handle(0, { type: "start" });
  expect(session.handle(REDIAL_AFTER - 1, { type: "wake", why: "online" })).toEqual([]);
  expect(session.handle(4_000, { type: "wake", why: "online" })).toEqual([
    { type: "close_socket" },
    { type: "open_socket" },
  ]);
  expect(session.deadline()).toBe(13_000);
});

it("does not return for the media of a page that was put away", () => {
  const session = createSession(IDENTITY, () => 0);
  session.handle(0, { type: "start" });
  session.handle(10, { type: "leave" });
  expect(session.handle(20, { type: "wake", why: "media" })).toEqual([]);
  expect(session.handle(30, { type: "wake", why: "visible" })).toEqual([{ type: "open_socket" }]);
});
