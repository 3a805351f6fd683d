// @vitest-environment jsdom
/** What the ongoing screen says and offers about microphone, speaker and network. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { loudnessOf } from "./level-meter";
import { createCallScreens } from "./screens";
import type { CallScreens, CallView, ScreenAction, ScreenOptions } from "./view";

const ONGOING: CallView = {
  phase: "ongoing",
  status: "connected",
  peer: { cuid: "ravi_courier", name: "Ravi Kumar" },
  context: "Your order is on its way",
  branding: { logo: null, backgroundColor: "#1b1f3b", textColor: "#ffffff", buttonTheme: "default", poweredBy: true },
  muted: false,
  peerMuted: false,
  poorNetwork: "none",
  volume: 1,
  devices: { inputs: [], outputs: [], canChooseOutput: false },
};

let screens: CallScreens;
let actions: ScreenAction[];

function start(options?: ScreenOptions): void {
  screens = createCallScreens(options);
  screens.onAction((action) => actions.push(action));
}

const root = () => document.getElementById("sc-sdk")?.shadowRoot as ShadowRoot;
const one = <T extends Element = HTMLElement>(selector: string) => root().querySelector<T>(selector);
const hints = () => [...root().querySelectorAll(".hints li")].map((hint) => hint.textContent);

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 });
  actions = [];
});
afterEach(() => {
  screens.destroy();
  vi.useRealTimers();
});

describe("what is wrong is said on the right side", () => {
  it("of the network: mine, theirs, or only the way to the server", () => {
    start();
    screens.show({ ...ONGOING, poorNetwork: "mine" });
    expect(hints()).toEqual(["Your network is weak"]);
    screens.show({ ...ONGOING, poorNetwork: "theirs" });
    expect(hints()).toEqual(["Their network is weak"]);
    screens.show({ ...ONGOING, signallingAway: true, status: "reconnecting", answeredAt: 1_000_000 });
    expect(hints()).toEqual(["Reconnecting… You can go on talking"]);
    expect(one(".status span")?.hidden).toBe(true);
    expect(one("[role=timer]")?.hidden).toBe(false);
    screens.show({ ...ONGOING, status: "reconnecting" });
    expect(hints()).toEqual([]);
    expect(one(".status span")?.textContent).toBe("Reconnecting…");
    screens.show({ ...ONGOING, status: "peer_away" });
    expect(one(".status span")?.textContent).toBe("Their connection is lost…");
  });

  it("of the other side: that they do not reach the server matters when nothing is heard of them", () => {
    start();
    const away: CallView = { ...ONGOING, status: "peer_away", answeredAt: 1_000_000 };
    screens.show({ ...away, peerHeard: true });
    expect(one(".status span")?.hidden).toBe(true);
    expect(one(".announcer")?.textContent).toBe("Connected");
    screens.show({ ...away, peerHeard: true, poorNetwork: "theirs" });
    expect(hints()).toEqual(["Their network is weak"]);
    screens.show({ ...away, peerHeard: false });
    expect(one(".status span")?.hidden).toBe(false);
    expect(one(".status span")?.textContent).toBe("Their connection is lost…");
  });

  it("of the devices: what is used now, and that the microphone was taken away", () => {
    start();
    screens.show({ ...ONGOING, switched: { kind: "output", label: "MacBook speakers" } });
    expect(hints()).toEqual(["Now playing on MacBook speakers"]);
    screens.show({ ...ONGOING, switched: { kind: "input", label: "" } });
    expect(hints()).toEqual(["Now using Microphone"]);
    screens.show({ ...ONGOING, microphoneInterrupted: true });
    expect(hints()).toEqual(["Something else is using your microphone"]);
    expect(one(".announcer")?.textContent).toBe("Connected. Something else is using your microphone");
  });
});

describe("a minimised screen", () => {
  const minimised = (view: Partial<CallView>) => {
    screens.show({ ...ONGOING, answeredAt: 1_000_000, ...view });
    const line = one(".status span") as HTMLElement;
    return line.hidden ? undefined : line.textContent;
  };

  it("says what a call suffers from where the time stood, and no more than that", () => {
    start();
    screens.show({ ...ONGOING, answeredAt: 1_000_000, poorNetwork: "mine" });
    expect(one(".status span")?.hidden).toBe(true);
    one<HTMLButtonElement>(".corner")?.click();
    expect(minimised({ poorNetwork: "mine" })).toBe("Your network is weak");
    expect(minimised({ poorNetwork: "mine", microphoneInterrupted: true })).toBe(
      "Something else is using your microphone",
    );
    expect(minimised({ poorNetwork: "mine", blocked: true })).toBe("Tap to hear Ravi Kumar");
    expect(minimised({ status: "reconnecting", signallingAway: true })).toBe("Reconnecting… You can go on talking");
    expect(minimised({ peerMuted: true, switched: { kind: "input", label: "Headset" } })).toBeUndefined();
    expect(minimised({ held: true })).toBe("On hold");
    one<HTMLButtonElement>(".corner")?.click();
    expect(minimised({ poorNetwork: "mine" })).toBeUndefined();
  });
});

describe("the turning circle", () => {
  const turns = (view: Partial<CallView>) => {
    screens.show({ ...ONGOING, ...view });
    return one(".status span")?.classList.contains("under-way");
  };

  it("stands beside a status that is on its way, and beside no other", () => {
    start();
    expect(turns({ status: "connecting" })).toBe(true);
    expect(turns({ status: "peer_away" })).toBe(true);
    expect(turns({ status: "reconnecting", held: true })).toBe(true);
    expect(turns({ status: "peer_away", peerHeld: true })).toBe(false);
    expect(turns({ status: "reconnecting", signallingAway: true })).toBe(false);
    expect(turns({})).toBe(false);
  });

  it("does not make an incoming call look like one that is being connected: that the server is away is a hint", () => {
    start();
    expect(turns({ phase: "incoming", status: "reconnecting" })).toBe(false);
    expect(one(".status span")?.textContent).toBe("Incoming call");
    expect(hints()).toEqual(["Reconnecting…"]);
  });
});

describe("a browser that plays nothing yet", () => {
  it("is let play by a button, which goes when it does", () => {
    start();
    screens.show({ ...ONGOING, blocked: true });
    expect(one(".announcer")?.textContent).toBe("Connected. Tap to hear Ravi Kumar");
    one<HTMLButtonElement>(".play")?.click();
    expect(actions).toEqual([{ type: "play" }]);
    screens.show(ONGOING);
    expect(one(".play")).toBeNull();
  });

  it("matters only while there is something to hear", () => {
    start();
    screens.show({ ...ONGOING, blocked: true, held: true });
    expect(one(".play")).toBeNull();
    screens.show({ ...ONGOING, blocked: true, phase: "incoming" });
    expect(one(".play")).toBeNull();
  });
});

describe("audio settings", () => {
  it("show how loud the microphone is, and measure nothing while they are closed", () => {
    const levels = vi.fn(() => ({ input: 0.1, output: 0 }));
    start({ levels });
    screens.show(ONGOING);
    vi.advanceTimersByTime(1_000);
    expect(levels).not.toHaveBeenCalled();
    one<HTMLButtonElement>(".audio")?.click();
    vi.advanceTimersByTime(100);
    // A tenth of full scale is 20 dB below it: a third of the way down to silence.
    expect(one("[role=meter]")?.getAttribute("aria-valuenow")).toBe("70");
    expect(one(".level")?.style.transform).toBe("scaleX(0.67)");
    one<HTMLButtonElement>(".audio")?.click();
    levels.mockClear();
    vi.advanceTimersByTime(1_000);
    expect(levels).not.toHaveBeenCalled();
  });

  it("stop measuring when the call ends while they are open", () => {
    const levels = vi.fn(() => ({ input: 0, output: 0 }));
    start({ levels });
    screens.show(ONGOING);
    one<HTMLButtonElement>(".audio")?.click();
    screens.show(null);
    levels.mockClear();
    vi.advanceTimersByTime(1_000);
    expect(levels).not.toHaveBeenCalled();
  });

  it("switch noise suppression where it can be chosen", () => {
    start();
    screens.show({ ...ONGOING, noiseSuppression: true });
    const toggle = one<HTMLInputElement>("[role=switch]");
    expect(toggle?.checked).toBe(true);
    expect(toggle?.labels?.[0]?.textContent).toBe("Noise suppression");
    toggle?.click();
    expect(actions).toEqual([{ type: "noise_suppression", on: false }]);
    screens.show(ONGOING);
    expect(one(".switch")?.hidden).toBe(true);
  });
});

describe("the meter's scale", () => {
  it("goes from a quiet room to full scale in even steps of decibels", () => {
    expect([0, 0.001, 0.0316, 1, 2, Number.NaN].map((level) => Number(loudnessOf(level).toFixed(2)))).toEqual([
      0, 0, 0.5, 1, 1, 0,
    ]);
  });
});
