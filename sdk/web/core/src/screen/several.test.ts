// @vitest-environment jsdom
/** The screens with more than one call: hold, a call that waits, calls on hold, a call on another device. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createCallScreens } from "./screens";
import type { CallScreens, CallView, ElsewhereView, ScreenAction, ScreenOptions, WaitingCall } from "./view";

const ONGOING: CallView = {
  phase: "ongoing",
  status: "connected",
  peer: { cuid: "ravi_courier", name: "Ravi Kumar" },
  context: "Your order is on its way",
  branding: { logo: null, backgroundColor: "#1b1f3b", textColor: "#ffffff", buttonTheme: "default", poweredBy: true },
  answeredAt: 1_000_000,
  muted: false,
  peerMuted: false,
  poorNetwork: "none",
  volume: 1,
  devices: { inputs: [], outputs: [], canChooseOutput: false },
  canHold: true,
};
const MEERA: WaitingCall = {
  callId: "call-2",
  from: { cuid: "meera_support", name: "Meera Nair" },
  context: "About your refund",
  canHold: true,
};
const ELSEWHERE: ElsewhereView = {
  calls: [{ callId: "call-3", peer: { cuid: "ravi_courier", name: "Ravi Kumar" } }],
  branding: ONGOING.branding,
};

let screens: CallScreens;
let actions: ScreenAction[];

function start(options?: ScreenOptions): void {
  screens = createCallScreens(options);
  screens.onAction((action) => actions.push(action));
}

const root = () => {
  const found = document.getElementById("sc-sdk")?.shadowRoot;
  if (!found) throw new Error("the screens are not on the page");
  return found;
};
const nameOf = (element: Element) => element.getAttribute("aria-label") ?? element.textContent;
const buttons = () => [...root().querySelectorAll("button")].map(nameOf);
const text = (selector: string) => root().querySelector(selector)?.textContent;
const hints = () => [...root().querySelectorAll(".hints li")].map((hint) => hint.textContent);
const dialog = () => root().querySelector<HTMLElement>("[role=dialog]");
const announced = () => text(".announcer");

function button(name: string): HTMLButtonElement {
  const found = [...root().querySelectorAll("button")].find((candidate) => nameOf(candidate) === name);
  if (!found) throw new Error(`no button ${name} among ${buttons().join(", ")}`);
  return found;
}

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 });
  document.body.innerHTML = "<button id=call>Call Ravi</button>";
  actions = [];
});
afterEach(() => {
  screens.destroy();
  vi.useRealTimers();
});

describe("hold", () => {
  it("is offered where the call can be held, and the button then goes on with it", () => {
    start();
    screens.show(ONGOING);
    expect(buttons()).toEqual(["Mute", "Hold", "Audio settings", "Hang up", "Minimise"]);
    button("Hold").click();
    screens.show({ ...ONGOING, held: true });
    expect(text(".status span")).toBe("On hold");
    expect(announced()).toBe("On hold");
    button("Resume").click();
    expect(actions).toEqual([
      { type: "hold", held: true },
      { type: "hold", held: false },
    ]);
  });

  it("keeps the focus on the button whose meaning it changes, and on others when it comes or goes", () => {
    start();
    screens.show({ ...ONGOING, canHold: false });
    expect(buttons()).not.toContain("Hold");
    button("Hang up").focus();
    screens.show(ONGOING);
    expect(root().activeElement).toBe(button("Hang up"));
    button("Hold").focus();
    screens.show({ ...ONGOING, held: true });
    expect(root().activeElement).toBe(button("Resume"));
  });

  it("by the other side is told, and that they are muted or hard to hear is not", () => {
    start();
    screens.show({ ...ONGOING, peerHeld: true, peerMuted: true, poorNetwork: "theirs" });
    expect(text(".status span")).toBe("You are on hold");
    expect(hints()).toEqual([]);
    screens.show({ ...ONGOING, held: true, peerHeld: true });
    expect(text(".status span")).toBe("On hold");
    expect(hints()).toEqual(["You are on hold"]);
  });

  it("and what is wrong with a network are told apart", () => {
    start();
    screens.show({ ...ONGOING, held: true, status: "reconnecting" });
    expect(text(".status span")).toBe("Reconnecting…");
    expect(hints()).toEqual(["On hold"]);
    screens.show({ ...ONGOING, held: true, status: "peer_away" });
    expect(text(".status span")).toBe("On hold");
    expect(hints()).toEqual(["Their connection is lost…"]);
  });
});

describe("a call that waits", () => {
  it("says who calls and why, and offers three answers", () => {
    start();
    screens.show({ ...ONGOING, waiting: MEERA });
    expect(nameOf(root().querySelector(".waiting") as Element)).toBe("Meera Nair is calling");
    expect(text(".why")).toBe("About your refund");
    expect(buttons().slice(0, 3)).toEqual(["Decline", "End and answer", "Hold and answer"]);
    for (const name of ["Decline", "End and answer", "Hold and answer"]) button(name).click();
    expect(actions).toEqual([
      { type: "decline", callId: "call-2" },
      { type: "answer", callId: "call-2", current: "end" },
      { type: "answer", callId: "call-2", current: "hold" },
    ]);
    screens.show(ONGOING);
    expect(buttons()).toEqual(["Mute", "Hold", "Audio settings", "Hang up", "Minimise"]);
  });

  it("offers no hold where the call cannot be held", () => {
    start();
    screens.show({ ...ONGOING, waiting: { ...MEERA, canHold: false } });
    expect(buttons().slice(0, 2)).toEqual(["Decline", "End and answer"]);
    expect(buttons()).not.toContain("Hold and answer");
  });

  it("is announced at once and takes no focus", () => {
    start();
    screens.show(ONGOING);
    button("Mute").focus();
    screens.show({ ...ONGOING, waiting: MEERA });
    expect(announced()).toBe("Meera Nair is calling. About your refund");
    expect(root().querySelector(".announcer")?.getAttribute("aria-live")).toBe("assertive");
    expect(root().activeElement).toBe(button("Mute"));
  });

  it("leaves the focus in the dialog when the button that was pressed goes with it", () => {
    start();
    screens.show({ ...ONGOING, waiting: MEERA });
    button("Decline").focus();
    screens.show(ONGOING);
    expect(root().activeElement).toBe(dialog());
  });

  it("brings a minimised screen back, once", () => {
    start();
    screens.show(ONGOING);
    button("Minimise").click();
    screens.show({ ...ONGOING, waiting: MEERA });
    expect(dialog()?.classList.contains("pill")).toBe(false);
    button("Minimise").click();
    screens.show({ ...ONGOING, waiting: MEERA, muted: true });
    expect(dialog()?.classList.contains("pill")).toBe(true);
  });
});

describe("calls on hold", () => {
  it("are listed, and one press goes on with one of them", () => {
    start();
    screens.show({ ...ONGOING, onHold: [{ callId: "call-2", peer: MEERA.from }] });
    expect(text(".held bdi")).toBe("Meera Nair");
    button("Switch to Meera Nair").click();
    expect(actions).toEqual([{ type: "hold", held: false, callId: "call-2" }]);
  });

  it("and the one on the screen change places with a word on with whom it is now", () => {
    start();
    screens.show({ ...ONGOING, onHold: [{ callId: "call-2", peer: MEERA.from }] });
    screens.show({ ...ONGOING, peer: MEERA.from, onHold: [{ callId: "call-1", peer: ONGOING.peer }] });
    expect(announced()).toBe("Call with Meera Nair. Connected");
    expect(buttons()).toContain("Switch to Ravi Kumar");
  });
});

describe("a call on another device", () => {
  it("can be brought here", () => {
    start();
    screens.showElsewhere(ELSEWHERE);
    expect(announced()).toBe("You are in a call with Ravi Kumar on another device");
    button("Continue here").click();
    expect(actions).toEqual([{ type: "take_over", callId: "call-3" }]);
    screens.showElsewhere({ ...ELSEWHERE, calls: [] });
    expect(buttons()).toEqual([]);
    expect(announced()).toBe("");
  });

  it("stays away once it was closed, until there is another", () => {
    start();
    screens.showElsewhere(ELSEWHERE);
    button("Close").click();
    screens.showElsewhere(ELSEWHERE);
    expect(buttons()).toEqual([]);
    screens.showElsewhere({ ...ELSEWHERE, calls: [{ callId: "call-4", peer: MEERA.from }] });
    expect(buttons()).toEqual(["Continue here", "Close"]);
  });

  it("makes room for a call on this one, and comes back after it", () => {
    start();
    screens.showElsewhere(ELSEWHERE);
    screens.show({ ...ONGOING, phase: "incoming", status: "ringing" });
    expect(buttons()).toEqual(["Decline", "Answer", "Minimise"]);
    screens.show(null);
    expect(buttons()).toEqual(["Continue here", "Close"]);
  });

  it("gives the focus back to where it was before the button that brought the call", () => {
    start();
    document.getElementById("call")?.focus();
    screens.showElsewhere(ELSEWHERE);
    button("Continue here").focus();
    screens.show(ONGOING);
    expect(root().activeElement).toBe(dialog());
    screens.showElsewhere({ ...ELSEWHERE, calls: [] });
    screens.show(null);
    expect(document.activeElement?.id).toBe("call");
  });

  it("leaves nothing behind when it is destroyed", () => {
    start();
    screens.showElsewhere(ELSEWHERE);
    screens.destroy();
    expect(document.getElementById("sc-sdk")).toBeNull();
    expect(vi.getTimerCount()).toBe(0);
  });
});
