// @vitest-environment jsdom
/** The built script as a page loads it, through its global alone, against a server that is the test. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import script from "../dist/signed-call.umd.js?raw";
import type * as Sdk from "../src/index";
import { type FakeBrowser, installFakeBrowser } from "../../core/tests/fake-browser";

const CALL = "0193a5c0-1a2b-7c3d-8e4f-5a6b7c8d9e0f";

let browser: FakeBrowser;
let SignedCallSDK: typeof Sdk;
let pushed: [string, Record<string, unknown>][];
const clients: { logout(): void }[] = [];

beforeEach(() => {
  for (const method of ["log", "info", "warn", "error", "debug"] as const) vi.spyOn(console, method);
  browser = installFakeBrowser(window);
  SignedCallSDK = load("https://calls.example/sdk/signed-call.umd.js");
  pushed = [];
});

afterEach(() => {
  for (const client of clients.splice(0)) client.logout();
  for (const method of ["log", "info", "warn", "error", "debug"] as const) {
    expect(console[method], `console.${method}`).not.toHaveBeenCalled();
  }
  vi.restoreAllMocks();
});

/** Runs the script as a classic script from `address`. */
function load(address: string): typeof Sdk {
  const page = globalThis as { SignedCallSDK?: typeof Sdk };
  Object.defineProperty(document, "currentScript", { value: { src: address }, configurable: true });
  // Without the names of the other module systems, as in a page.
  new Function("exports", "module", "define", script).call(page);
  Object.defineProperty(document, "currentScript", { value: null, configurable: true });
  if (!page.SignedCallSDK) throw new Error("the script made no global");
  return page.SignedCallSDK;
}

const options = (more: object = {}) => ({
  accountId: "acme1234",
  apikey: "pk_live_1",
  cuid: "anita_1",
  clevertap: {
    getCleverTapID: () => "guid-1",
    getAccountID: () => "TEST-1",
    setSCSDKVersion: () => {},
    event: { push: (name: string, properties: Record<string, unknown>) => void pushed.push([name, properties]) },
  },
  ...more,
});

async function signedIn(more: object = {}) {
  const init = SignedCallSDK.initSignedCall(options(more));
  await vi.waitFor(() => expect(browser.server.heard().map(({ type }) => type)).toContain("hello"));
  browser.server.welcome();
  const client = await init;
  clients.push(client);
  return client;
}

/** Waits until the page has said something, and returns it. */
async function nextBody(type: string) {
  let found: Record<string, unknown> | undefined;
  await vi.waitFor(() => {
    found = browser.server.bodies().find((body) => body.type === type);
    expect(found).toBeDefined();
  });
  return found;
}

const screen = () => document.querySelector("#sc-sdk")?.shadowRoot;
const button = (name: string) =>
  [...(screen()?.querySelectorAll("button") ?? [])].find(
    (one) => one.getAttribute("aria-label") === name || one.textContent === name,
  );

it("shows the server what getToken brings, and no apikey unless it was passed", async () => {
  const getToken = vi.fn(async () => "ey.J.x");
  const init = SignedCallSDK.initSignedCall(options({ apikey: undefined, getToken }));
  let hello: Record<string, unknown> | undefined;
  await vi.waitFor(() => {
    hello = browser.server.heard().find(({ type }) => type === "hello");
    expect(hello).toBeDefined();
  });
  browser.server.welcome();
  clients.push(await init);
  expect(hello).toMatchObject({ token: "ey.J.x", cuid: "anita_1" });
  expect(hello).not.toHaveProperty("apikey");
  expect(getToken).toHaveBeenCalledTimes(1);
});

it("rejects with the words of a getToken that fails", async () => {
  const getToken = async () => {
    throw new Error("our backend sleeps");
  };
  await expect(SignedCallSDK.initSignedCall(options({ getToken }))).rejects.toMatchObject({
    code: "ERR_TOKEN_REQUIRED",
    message: "`getToken` failed: our backend sleeps",
  });
  await expect(SignedCallSDK.initSignedCall(options({ getToken: () => 7 }))).rejects.toMatchObject({
    message: "`getToken` failed: it brought no text",
  });
});

it("exposes what the documents name, and what is thrown", () => {
  expect(Object.keys(SignedCallSDK).sort()).toEqual([
    "DirectCallClient",
    "SignedCallClient",
    "TringError",
    "initDirectCall",
    "initSignedCall",
  ]);
});

describe("initialising", () => {
  it("talks to the server that the script came from, unless another is named", async () => {
    await signedIn();
    expect(browser.server.addresses).toEqual(["wss://calls.example/v1/signal"]);
    await signedIn({ server: "http://127.0.0.1:7880" });
    expect(browser.server.addresses.slice(-1)).toEqual(["ws://127.0.0.1:7880/v1/signal"]);
  });

  it("says who signs in, from a device that survives reloads", async () => {
    const init = SignedCallSDK.initSignedCall(options({ name: " Anita " }));
    let hello: Record<string, unknown> | undefined;
    await vi.waitFor(() => {
      [hello] = browser.server.heard();
      expect(hello).toBeDefined();
    });
    expect(hello).toMatchObject({
      account: "acme1234",
      apikey: "pk_live_1",
      cuid: "anita_1",
      name: "Anita",
      protocol: 1,
    });
    expect(hello?.device).toEqual({ id: sessionStorage.getItem("tring-device"), platform: "web" });
    browser.server.welcome();
    const client = await init;
    clients.push(client);
    expect(client).toBeInstanceOf(SignedCallSDK.SignedCallClient);
    expect(client.isEnabled()).toBe(true);
  });

  it("rejects at once with what the server refuses", async () => {
    const init = SignedCallSDK.initDirectCall(options());
    const refused = expect(init).rejects.toMatchObject({ code: "ERR_ALREADY_SIGNEDIN", message: "Elsewhere." });
    await vi.waitFor(() => expect(browser.server.heard()).toHaveLength(1));
    browser.server.say({ type: "refused", error: { code: "ERR_ALREADY_SIGNEDIN", message: "Elsewhere." } });
    await refused;
  });

  it("rejects what breaks a rule before anything is opened", async () => {
    await expect(SignedCallSDK.initSignedCall(options({ cuid: "x" }))).rejects.toMatchObject({
      code: "ERR_INVALID_INITPARAMETERS",
    });
    await expect(SignedCallSDK.initSignedCall(options({ server: "ftp://x" }))).rejects.toMatchObject({
      code: "ERR_INVALID_INITPARAMETERS",
    });
    expect(browser.server.addresses).toEqual([]);
  });

  it("resolves with a client that is not enabled while the server cannot be reached", async () => {
    vi.useFakeTimers();
    try {
      const init = SignedCallSDK.initSignedCall(options());
      await vi.advanceTimersByTimeAsync(100);
      browser.server.drop();
      await vi.advanceTimersByTimeAsync(5_000);
      const client = await init;
      clients.push(client);
      expect(client.isEnabled()).toBe(false);
      await expect(client.call("ravi_22", "Hello")).rejects.toMatchObject({ code: "ERR_CONNECTION_NOT_ESTABLISHED" });
      browser.server.welcome();
      expect(client.isEnabled()).toBe(true);
    } finally {
      vi.useRealTimers();
    }
  });
});

describe("calling", () => {
  it("resolves with over, and gives the microphone back", async () => {
    const client = await signedIn();
    const result = client.call("ravi_22", "Your parcel", {
      receiver_image: "https://shop.example/r.png",
      initiator_image: "",
    });
    const place = await nextBody("place");
    expect(place).toMatchObject({
      to: "ravi_22",
      context: "Your parcel",
      images: { receiver: "https://shop.example/r.png" },
    });
    expect(place?.images).not.toHaveProperty("initiator");
    browser.server.tell({ type: "placed", reference: place?.reference, callId: CALL, role: "caller" });
    await nextBody("media_offer");
    browser.server.tell({ type: "ringing", callId: CALL });
    expect(button("Cancel")).toBeDefined();
    expect(browser.voices.map(({ enabled }) => enabled)).toEqual([false]);
    browser.server.tell({ type: "answered", callId: CALL, at: Date.now() });
    expect(browser.voices.map(({ enabled }) => enabled)).toEqual([true]);
    client.hangup();
    expect(browser.server.bodies()).toContainEqual({ type: "hangup", callId: CALL });
    browser.server.tell({ type: "ended", callId: CALL, status: "over", reason: "hangup", by: "caller", duration: 10 });
    await expect(result).resolves.toBe("over");
    expect([...browser.tracks, ...browser.voices].every(({ stopped }) => stopped)).toBe(true);
    expect(pushed.map(([name, { call_id, context, call_status }]) => [name, call_id, context, call_status])).toEqual([
      ["SCOutgoing", CALL, "Your parcel", undefined],
      ["SCEnd", CALL, "Your parcel", "over"],
    ]);
  });

  it("asks for the microphone before it judges the parameters", async () => {
    const client = await signedIn();
    await expect(client.call("anita_1", "Hello")).rejects.toMatchObject({ code: "ERR_INVALID_CALL_PARAMETERS" });
    browser.refuseMicrophone();
    await expect(client.call("anita_1", "Hello")).rejects.toMatchObject({ code: "ERR_MIC_UNAVAILABLE" });
    expect(browser.tracks.every(({ stopped }) => stopped)).toBe(true);
  });

  it("works with methods that are passed around on their own", async () => {
    const { isEnabled, hangup, logout, call } = await signedIn();
    expect(isEnabled()).toBe(true);
    hangup();
    logout();
    expect(isEnabled()).toBe(false);
    await expect(call("ravi_22", "Hello")).rejects.toMatchObject({ code: "ERR_NOT_SIGNED_IN" });
  });
});

describe("a page that was reloaded in mid-call", () => {
  const restored = {
    type: "restored",
    call: { callId: CALL, role: "callee", state: "connected", peer: { cuid: "ravi_22" }, context: "Hello", images: {} },
  };

  it("goes on, and lets nobody be heard who had muted themselves", async () => {
    const client = await signedIn();
    browser.server.tell(restored);
    await vi.waitFor(() => expect(browser.voices[browser.voices.length - 1]?.enabled).toBe(true));
    client.toggleMuteUnmute();
    expect(browser.server.bodies()).toContainEqual({ type: "mute", callId: CALL, muted: true });
    expect(browser.voices[browser.voices.length - 1]?.enabled).toBe(false);

    SignedCallSDK = load("https://calls.example/sdk/signed-call.umd.js");
    await signedIn();
    browser.server.tell({ ...restored, call: { ...restored.call, muted: true } });
    await nextBody("media_offer");
    await vi.waitFor(() => expect(browser.tracks).toHaveLength(2));
    expect(browser.voices[browser.voices.length - 1]?.enabled).toBe(false);
  });
});

describe("a second caller", () => {
  const second = {
    type: "incoming",
    callId: "0193a5c0-1a2b-7c3d-8e4f-5a6b7c8d9e10",
    from: { cuid: "meera_7", name: "Meera" },
    context: "Your refund",
    ringTimeout: 30_000,
    waiting: true,
  };

  async function inCall(more: object) {
    const client = await signedIn(more);
    const result = client.call("ravi_22", "Your parcel");
    const { reference } = (await nextBody("place")) ?? {};
    browser.server.tell({ type: "placed", reference, callId: CALL, role: "caller" });
    await nextBody("media_offer");
    browser.server.tell({ type: "answered", callId: CALL, at: Date.now() });
    browser.server.tell(second);
    return { client, result };
  }

  it("is offered with call waiting, and takes the place of the current call: there is no hold", async () => {
    const { result } = await inCall({ callWaiting: true });
    await nextBody("ringing");
    expect(screen()?.textContent).toContain("Meera is calling");
    expect(button("Hold and answer")).toBeUndefined();
    expect(button("Hold")).toBeUndefined();
    button("End and answer")?.click();
    await nextBody("answer");
    browser.server.tell({ type: "ended", callId: CALL, status: "over", reason: "hangup", by: "caller", duration: 10 });
    await expect(result).resolves.toBe("over");
  });

  it("is busy without it, whatever the server says", async () => {
    const { client, result } = await inCall({});
    expect(await nextBody("decline")).toMatchObject({ callId: second.callId, reason: "busy" });
    expect(button("End and answer")).toBeUndefined();
    client.hangup();
    browser.server.tell({ type: "ended", callId: CALL, status: "over", reason: "hangup", by: "caller", duration: 10 });
    await expect(result).resolves.toBe("over");
  });
});

describe("what is ours", () => {
  it("tells how the call goes, until the listener is taken away", async () => {
    const client = await signedIn();
    const told: unknown[] = [];
    const unlisten = client.on("status", (status) => told.push(status));
    const result = client.call("ravi_22", "Your parcel");
    const place = await nextBody("place");
    browser.server.tell({ type: "placed", reference: place?.reference, callId: CALL, role: "caller" });
    browser.server.tell({ type: "ringing", callId: CALL });
    browser.server.tell({ type: "answered", callId: CALL, at: Date.now() });
    browser.server.tell({ type: "connected", callId: CALL, at: Date.now() });
    browser.server.tell({ type: "peer_away", callId: CALL });
    browser.server.tell({ type: "ended", callId: CALL, status: "over", reason: "hangup", by: "callee", duration: 10 });
    await expect(result).resolves.toBe("over");
    expect(told).toEqual([
      { with: "ravi_22", status: "calling" },
      { callId: CALL, with: "ravi_22", status: "ringing" },
      { callId: CALL, with: "ravi_22", status: "connecting" },
      { callId: CALL, with: "ravi_22", status: "connected" },
      { callId: CALL, with: "ravi_22", status: "peer_away" },
      { callId: CALL, with: "ravi_22", status: "ended" },
    ]);
    unlisten();
    client.call("ravi_22", "Again").catch(() => {});
    await nextBody("place");
    expect(told).toHaveLength(6);
  });

  it("tells when the connection goes and comes", async () => {
    const client = await signedIn();
    const told: boolean[] = [];
    client.on("connection", (connected) => told.push(connected));
    browser.server.drop();
    expect([told, client.isEnabled()]).toEqual([[false], false]);
  });
});

describe("being called", () => {
  it("answers from the screen, and opens the microphone only then", async () => {
    await signedIn();
    browser.server.tell({
      type: "incoming",
      callId: CALL,
      from: { cuid: "ravi_22", name: "Ravi" },
      context: "Your parcel",
      ringTimeout: 30_000,
    });
    await nextBody("ringing");
    expect(browser.tracks).toEqual([]);
    expect(screen()?.textContent).toContain("Your parcel");
    button("Answer")?.click();
    await nextBody("answer");
    expect(browser.tracks).toHaveLength(1);
    expect(pushed.map(([name]) => name)).toEqual(["SCIncoming"]);
  });

  it("leaves nothing on the page after signing out", async () => {
    const client = await signedIn();
    browser.server.tell({
      type: "incoming",
      callId: CALL,
      from: { cuid: "ravi_22" },
      context: "Hello",
      ringTimeout: 30_000,
    });
    await nextBody("ringing");
    client.logout();
    expect(browser.server.bodies()).toEqual([{ type: "sign_out" }]);
    expect(document.querySelector("#sc-sdk")).toBeNull();
  });
});
