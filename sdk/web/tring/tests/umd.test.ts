// @vitest-environment jsdom
/** The built script as a page loads it, through its global alone, against a server that is the test. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type FakeBrowser, installFakeBrowser } from "../../core/tests/fake-browser";
import script from "../dist/tring.umd.js?raw";
import type * as Sdk from "../src/index";

const ONE = "0193a5c0-1a2b-7c3d-8e4f-5a6b7c8d9e0f";
const TWO = "0193a5c0-1a2b-7c3d-8e4f-5a6b7c8d9e10";

let browser: FakeBrowser;
let Tring: typeof Sdk;
const clients: Sdk.TringClient[] = [];

beforeEach(() => {
  browser = installFakeBrowser(window);
  Tring = load("https://calls.example/sdk/tring.umd.js");
});
afterEach(() => {
  for (const client of clients.splice(0)) client.signOut();
  vi.restoreAllMocks();
});

/** Runs the script as a classic script from `address`. */
function load(address: string): typeof Sdk {
  const page = globalThis as { Tring?: typeof Sdk };
  Object.defineProperty(document, "currentScript", { value: { src: address }, configurable: true });
  new Function("exports", "module", "define", script).call(page);
  Object.defineProperty(document, "currentScript", { value: null, configurable: true });
  if (!page.Tring) throw new Error("the script made no global");
  return page.Tring;
}

const OPTIONS = { accountId: "acme1234", apikey: "pk_live_1", cuid: "anita_1" };

async function signedIn(more: object = {}): Promise<Sdk.TringClient> {
  const signingIn = Tring.signIn({ ...OPTIONS, ...more });
  await vi.waitFor(() => expect(browser.server.heard().map(({ type }) => type)).toContain("hello"));
  browser.server.welcome();
  const client = await signingIn;
  clients.push(client);
  return client;
}

/** Waits until the page has said something, and returns it. */
async function said(type: string): Promise<Record<string, unknown>> {
  let found: Record<string, unknown> | undefined;
  await vi.waitFor(() => {
    found = browser.server.bodies().find((body) => body.type === type);
    expect(found).toBeDefined();
  });
  return found as Record<string, unknown>;
}

/** Places a call that the server accepts and the other side answers. */
async function talking(client: Sdk.TringClient, callId: string, to = "ravi_22"): Promise<Sdk.Call> {
  const call = client.call(to, { context: "Your parcel" });
  const { reference } = await said("place");
  browser.server.tell({ type: "placed", reference, callId, role: "caller" });
  await said("media_offer");
  browser.server.tell({ type: "answered", callId, at: Date.now() });
  browser.server.tell({ type: "connected", callId, at: Date.now() });
  expect(call.state).toBe("connected");
  return call;
}

const incoming = (callId: string, more: object = {}) => ({
  type: "incoming",
  callId,
  from: { cuid: "meera_7", name: "Meera" },
  context: "Your refund",
  ringTimeout: 30_000,
  ...more,
});

const ended = (callId: string) => ({
  type: "ended",
  callId,
  status: "over",
  reason: "hangup",
  by: "callee",
  duration: 10,
});

describe("signing in", () => {
  it("says who it is, and that a second call can be offered", async () => {
    const signingIn = Tring.signIn({ ...OPTIONS, name: " Anita " });
    let hello: Record<string, unknown> | undefined;
    await vi.waitFor(() => {
      [hello] = browser.server.heard();
      expect(hello).toBeDefined();
    });
    expect(hello).toMatchObject({ account: "acme1234", cuid: "anita_1", name: "Anita" });
    expect(hello?.capabilities).toContain("call_waiting");
    browser.server.welcome();
    const client = await signingIn;
    clients.push(client);
    expect(client).toBeInstanceOf(Tring.TringClient);
    expect(client.isConnected).toBe(true);
    expect(browser.server.addresses).toEqual(["wss://calls.example/v1/signal"]);
  });

  it("rejects what breaks a rule before anything is opened", async () => {
    const codes = async (options: object) =>
      Tring.signIn(options as Sdk.SignInOptions).catch((error: Sdk.TringError) => error.code);
    expect(await codes({})).toBe("ERR_MISSING_INITPARAMETERS");
    expect(await codes({ ...OPTIONS, apikey: undefined })).toBe("ERR_MISSING_INITPARAMETERS");
    expect(await codes({ ...OPTIONS, cuid: "91_88" })).toBe("ERR_INVALID_INITPARAMETERS");
    expect(await codes({ ...OPTIONS, name: "x".repeat(51) })).toBe("ERR_INVALID_INITPARAMETERS");
    expect(await codes({ ...OPTIONS, server: "ftp://x" })).toBe("ERR_INVALID_INITPARAMETERS");
    expect(browser.server.addresses).toEqual([]);
  });

  it("rejects with what the server refuses, and tells when it does so later", async () => {
    const refused = expect(Tring.signIn(OPTIONS)).rejects.toMatchObject({ code: "ERR_INVALID_CREDENTIALS" });
    await vi.waitFor(() => expect(browser.server.heard()).toHaveLength(1));
    browser.server.say({ type: "refused", error: { code: "ERR_INVALID_CREDENTIALS", message: "No." } });
    await refused;

    const client = await signedIn();
    const signedOut = vi.fn();
    client.on("signedOut", signedOut);
    browser.server.say({ type: "refused", error: { code: "ERR_REPLACED", message: "Elsewhere." } });
    expect(signedOut.mock.calls).toMatchObject([[{ code: "ERR_REPLACED", message: "Elsewhere." }]]);
  });
});

describe("a call", () => {
  it("goes from calling to its end, and tells each step once", async () => {
    const client = await signedIn();
    const call = client.call("ravi_22", { context: " Your parcel ", image: "/me.png" });
    const told: unknown[] = [];
    call.on("state", (state) => told.push(state));
    call.on("ended", (end) => told.push(end));
    expect([call.state, call.direction, call.peer, call.id]).toEqual([
      "calling",
      "outgoing",
      { cuid: "ravi_22" },
      undefined,
    ]);
    expect(client.calls).toEqual([call]);
    const place = await said("place");
    expect(place).toMatchObject({ to: "ravi_22", context: "Your parcel" });
    expect(place.images).toEqual({ initiator: new URL("/me.png", document.baseURI).href });
    browser.server.tell({ type: "placed", reference: place.reference, callId: ONE, role: "caller" });
    browser.server.tell({ type: "ringing", callId: ONE, name: "Ravi" });
    expect([call.id, call.peer]).toEqual([ONE, { cuid: "ravi_22", name: "Ravi" }]);
    const answered = call.whenAnswered();
    browser.server.tell({ type: "answered", callId: ONE, at: Date.now() });
    await expect(answered).resolves.toBe(true);
    browser.server.tell({ type: "connected", callId: ONE, at: Date.now() });
    expect(Math.abs((call.answeredAt?.getTime() ?? 0) - Date.now())).toBeLessThan(1_000);
    browser.server.tell(ended(ONE));
    await expect(call.ended).resolves.toEqual({ status: "over", reason: "hangup" });
    expect(told).toEqual(["ringing", "connecting", "connected", "ended", { status: "over", reason: "hangup" }]);
    expect(client.calls).toEqual([]);
  });

  it("that cannot be placed says why at its end, and throws only what the app can mend", async () => {
    const client = await signedIn();
    expect(() => client.call("anita_1", { context: "Me" })).toThrowError(Tring.TringError);
    expect(() => client.call("ravi_22", { context: "" })).toThrowError("`context` must not be empty.");
    browser.refuseMicrophone();
    const call = client.call("ravi_22", { context: "Hello" });
    await expect(call.whenAnswered()).resolves.toBe(false);
    expect(await call.ended).toMatchObject({ status: "refused", error: { code: "ERR_MIC_UNAVAILABLE" } });
    expect(client.calls).toEqual([]);
  });

  it("is given up with hangup before it has a name", async () => {
    const client = await signedIn();
    const call = client.call("ravi_22", { context: "Hello" });
    call.hangup();
    expect(await call.ended).toMatchObject({ status: "cancelled" });
  });

  it("that comes in is announced, and answered or declined by its object", async () => {
    const client = await signedIn({ screens: false });
    const rings = vi.fn();
    client.on("incoming", rings);
    browser.server.tell(incoming(ONE));
    const [[call]] = rings.mock.calls as [[Sdk.Call]];
    expect([call.state, call.direction, call.peer, call.context, call.isWaiting]).toEqual([
      "ringing",
      "incoming",
      { cuid: "meera_7", name: "Meera" },
      "Your refund",
      false,
    ]);
    expect(document.querySelector("#sc-sdk")).toBeNull();
    call.answer();
    await said("answer");
    browser.server.tell({ type: "withdrawn", callId: ONE, reason: "answered_elsewhere" });
    expect(await call.ended).toEqual({ status: "elsewhere", reason: "answered_elsewhere" });

    browser.server.tell(incoming(TWO));
    const [, [other]] = rings.mock.calls as [unknown, [Sdk.Call]];
    other.decline();
    expect(await said("decline")).toEqual({ type: "decline", callId: TWO, reason: "user" });
  });

  it("tells that it is muted on either side", async () => {
    const client = await signedIn();
    const call = await talking(client, ONE);
    const changed = vi.fn();
    call.on("change", changed);
    call.mute(true);
    expect(call.isMuted).toBe(true);
    browser.server.tell({ type: "peer_muted", callId: ONE, muted: true });
    expect([call.isPeerMuted, changed.mock.calls.length]).toEqual([true, 2]);
  });
});

describe("several calls", () => {
  it("hold each other: at most one is not on hold", async () => {
    const client = await signedIn();
    const first = await talking(client, ONE);
    first.hold();
    expect(await said("hold")).toEqual({ type: "hold", callId: ONE, held: true });
    browser.server.tell({ type: "held", callId: ONE, held: true });
    expect([first.isHeld, first.isAnswered]).toEqual([true, true]);

    const second = await talking(client, TWO, "meera_7");
    expect(client.calls).toEqual([first, second]);
    first.resume();
    const holds = browser.server.bodies().filter(({ type }) => type === "hold");
    expect(holds).toEqual([
      { type: "hold", callId: TWO, held: true },
      { type: "hold", callId: ONE, held: false },
    ]);
    expect([first.isHeld, second.isHeld]).toEqual([false, true]);
    browser.server.tell({ type: "peer_held", callId: ONE, held: true });
    expect(first.isPeerHeld).toBe(true);
  });

  it("begin with one that waits: answered, it holds the other unless told to end it", async () => {
    const client = await signedIn();
    const first = await talking(client, ONE);
    browser.server.tell(incoming(TWO, { waiting: true }));
    const second = client.calls[1] as Sdk.Call;
    expect([second.isWaiting, first.isWaiting]).toEqual([true, false]);
    second.answer();
    await said("answer");
    expect([first.isHeld, first.state]).toEqual([true, "connected"]);

    second.hangup();
    browser.server.tell(ended(TWO));
    browser.server.tell({ type: "held", callId: ONE, held: true });
    first.resume();
    browser.server.tell({ type: "held", callId: ONE, held: false });
    const third = "0193a5c0-1a2b-7c3d-8e4f-5a6b7c8d9e11";
    browser.server.tell(incoming(third, { waiting: true }));
    browser.server.bodies();
    client.calls.find(({ id }) => id === third)?.answer({ current: "end" });
    expect(browser.server.bodies()).toContainEqual({ type: "hangup", callId: ONE });
  });
});

describe("a call on another device", () => {
  const snapshot = {
    callId: ONE,
    role: "callee",
    state: "connected",
    peer: { cuid: "ravi_22" },
    context: "Hello",
    images: {},
    answeredAt: 1_795_000_000_000,
  };

  it("is brought here, or stays with a reason", async () => {
    const client = await signedIn();
    const told = vi.fn();
    client.on("elsewhere", told);
    browser.server.tell({ type: "elsewhere", call: snapshot });
    expect(told).toHaveBeenCalledTimes(1);
    const [remote] = client.elsewhere as [Sdk.RemoteCall];
    expect(remote).toMatchObject({ id: ONE, peer: { cuid: "ravi_22" }, context: "Hello", isHeld: false });
    expect(remote.answeredAt).toEqual(new Date(1_795_000_000_000));

    const refused = expect(remote.continueHere()).rejects.toMatchObject({ code: "ERR_CALL_NOT_MOVED" });
    await said("take_over");
    browser.server.tell({
      type: "take_over_refused",
      callId: ONE,
      error: { code: "ERR_CALL_NOT_MOVED", message: "No." },
    });
    await refused;

    const moving = remote.continueHere();
    await said("take_over");
    browser.server.tell({ type: "restored", call: snapshot });
    const call = await moving;
    expect([call.id, client.calls, client.elsewhere]).toEqual([ONE, [call], []]);
  });
});

describe("listeners", () => {
  it("that throw keep nobody else from hearing, and hear nothing more once they are taken away", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout"] });
    try {
      const client = await signedIn();
      const heard = vi.fn();
      const unlisten = client.on("incoming", heard);
      client.on("incoming", () => {
        throw new Error("the app's own");
      });
      client.on("incoming", heard);
      browser.server.tell(incoming(ONE));
      expect(heard).toHaveBeenCalledTimes(2);
      unlisten();
      browser.server.tell({ type: "withdrawn", callId: ONE, reason: "answered_elsewhere" });
      browser.server.tell(incoming(TWO));
      expect(heard).toHaveBeenCalledTimes(3);
      vi.clearAllTimers();
    } finally {
      vi.useRealTimers();
    }
  });

  it("of levels are told ten times a second while the call is not on hold, and nobody is measured for without", async () => {
    const client = await signedIn();
    const call = await talking(client, ONE);
    const levels = vi.fn();
    const unlisten = call.on("level", levels);
    await vi.waitFor(() => expect(levels.mock.calls.length).toBeGreaterThan(2));
    expect(levels.mock.calls[0]).toMatchObject([{ input: expect.any(Number), output: expect.any(Number) }]);
    unlisten();
  });
});

describe("signing out", () => {
  it("ends every call and takes everything off the page", async () => {
    const client = await signedIn();
    const call = await talking(client, ONE);
    client.signOut();
    expect(browser.server.bodies()).toContainEqual({ type: "sign_out" });
    expect(await call.ended).toMatchObject({ status: expect.any(String) });
    expect([client.isConnected, client.calls]).toEqual([false, []]);
    expect(document.querySelector("#sc-sdk")).toBeNull();
    expect(await client.call("ravi_22", { context: "Hello" }).ended).toMatchObject({
      status: "refused",
      error: { code: "ERR_NOT_SIGNED_IN" },
    });
  });
});
