// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createCallScreens } from "./screens";
import type { CallScreens, CallView, ScreenAction, ScreenOptions } from "./view";

const OUTGOING: CallView = {
  phase: "outgoing",
  status: "calling",
  peer: { cuid: "ravi_courier", name: "Ravi Kumar" },
  context: "Your order is on its way",
  branding: { logo: null, backgroundColor: "#1b1f3b", textColor: "#ffffff", buttonTheme: "default", poweredBy: true },
  muted: false,
  peerMuted: false,
  poorNetwork: "none",
  volume: 1,
  devices: { inputs: [], outputs: [], canChooseOutput: false },
};
const INCOMING: CallView = { ...OUTGOING, phase: "incoming", status: "ringing" };
const ONGOING: CallView = { ...OUTGOING, phase: "ongoing", status: "connected" };
const ENDED: CallView = { ...OUTGOING, phase: "ended", status: "ended", endText: "Ravi Kumar declined" };

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
/** The first element that matches; a test that asks for one insists on it. */
function one<T extends HTMLElement = HTMLElement>(selector: string): T {
  const found = root().querySelector<T>(selector);
  if (!found) throw new Error(`nothing matches ${selector}`);
  return found;
}
const dialog = () => one("[role=dialog]");
const isShown = () => root().querySelector("[role=dialog]") !== null;
const nameOf = (element: Element) => element.getAttribute("aria-label") ?? element.textContent;
const buttons = () => [...root().querySelectorAll("button")].map(nameOf);
const text = (selector: string) => root().querySelector(selector)?.textContent;

function press(name: string): void {
  const button = [...root().querySelectorAll("button")].find((candidate) => nameOf(candidate) === name);
  if (!button) throw new Error(`no button ${name} among ${buttons().join(", ")}`);
  button.click();
}

function type(key: string): void {
  root().activeElement?.dispatchEvent(
    new KeyboardEvent("keydown", { key, bubbles: true, composed: true, cancelable: true }),
  );
}

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 });
  document.body.innerHTML = "<button id=call>Call Ravi</button><input id=search>";
  actions = [];
});
afterEach(() => {
  screens.destroy();
  vi.useRealTimers();
});

describe("what is on the screens", () => {
  it("an outgoing call names the other person, why, how far it is, and can be cancelled", () => {
    start();
    screens.show(OUTGOING);
    expect(nameOf(dialog())).toBe("Call to Ravi Kumar");
    expect(text(".context")).toBe("Your order is on its way");
    expect(text(".status span")).toBe("Calling…");
    expect(buttons()).toEqual(["Cancel", "Minimise"]);
    screens.show({ ...OUTGOING, status: "ringing" });
    expect(text(".status span")).toBe("Ringing…");
    press("Cancel");
    expect(actions).toEqual([{ type: "cancel" }]);
  });

  it("an incoming call can be declined or answered", () => {
    start();
    screens.show(INCOMING);
    expect(nameOf(dialog())).toBe("Incoming call from Ravi Kumar");
    expect(buttons()).toEqual(["Decline", "Answer", "Minimise"]);
    press("Answer");
    press("Decline");
    expect(actions).toEqual([{ type: "answer" }, { type: "decline" }]);
  });

  it("an ongoing call counts the time and can be muted, unmuted and hung up", () => {
    start();
    screens.show({ ...ONGOING, answeredAt: 1_000_000 });
    expect(text("[role=timer]")).toBe("00:00");
    vi.advanceTimersByTime(61_000);
    expect(text("[role=timer]")).toBe("01:01");
    expect(buttons()).toEqual(["Mute", "Audio settings", "Hang up", "Minimise"]);
    press("Mute");
    screens.show({ ...ONGOING, answeredAt: 1_000_000, muted: true });
    press("Unmute");
    press("Hang up");
    expect(actions).toEqual([{ type: "mute", muted: true }, { type: "mute", muted: false }, { type: "hangup" }]);
  });

  it("a button changes nothing by itself: the screen follows the view", () => {
    start();
    screens.show(ONGOING);
    press("Mute");
    expect(buttons()).toContain("Mute");
  });

  it("hints at what spoils the talk, and at nothing else", () => {
    start();
    screens.show(ONGOING);
    expect(root().querySelectorAll("li")).toHaveLength(0);
    screens.show({ ...ONGOING, peerMuted: true, poorNetwork: "mine", notice: "Anita tried to call you" });
    expect([...root().querySelectorAll("li")].map((hint) => hint.textContent)).toEqual([
      "Anita tried to call you",
      "Ravi Kumar is muted",
      "Your network is weak",
    ]);
    screens.show({ ...ONGOING, status: "reconnecting", poorNetwork: "mine" });
    expect(root().querySelectorAll("li")).toHaveLength(0);
    expect(text(".status span")).toBe("Reconnecting…");
  });

  it("shows the cuid of a person without a name", () => {
    start();
    screens.show({ ...INCOMING, peer: { cuid: "ravi_courier" } });
    expect(text(".name")).toBe("ravi_courier");
  });

  it("takes words of people as text and never as markup", () => {
    start();
    screens.show({
      ...INCOMING,
      peer: { cuid: "evil_one", name: "<img src=x>" },
      context: "<script>alert(1)</script>",
    });
    expect(text(".name")).toBe("<img src=x>");
    expect(root().querySelector("script, .name img")).toBeNull();
  });

  it("replaces every text", () => {
    start({ texts: { answer: "Annehmen", incomingDialog: "Anruf von {name}", poweredBy: "mit Tring" } });
    screens.show(INCOMING);
    expect(buttons()).toEqual(["Decline", "Annehmen", "Minimise"]);
    expect(nameOf(dialog())).toBe("Anruf von Ravi Kumar");
    expect(text(".powered")).toBe("mit Tring");
  });
});

describe("the picture", () => {
  const PICTURED = {
    ...INCOMING,
    image: "https://shop.example/ravi.png",
    branding: { ...INCOMING.branding, logo: "https://shop.example/logo.png" },
  };
  const image = () => one<HTMLImageElement>(".picture img");

  it("is the person's image, else the logo, else a letter", () => {
    start();
    screens.show(PICTURED);
    expect(image().src).toBe("https://shop.example/ravi.png");
    expect(image().hidden).toBe(true);
    image().dispatchEvent(new Event("error"));
    expect(image().src).toBe("https://shop.example/logo.png");
    image().dispatchEvent(new Event("load"));
    expect(image().hidden).toBe(false);
    image().dispatchEvent(new Event("error"));
    expect(image().hidden).toBe(true);
    expect(text(".letter")).toBe("R");
  });

  it("does not start over while the call goes on", () => {
    start();
    screens.show(PICTURED);
    image().dispatchEvent(new Event("error"));
    screens.show({ ...PICTURED, phase: "ongoing", status: "connected" });
    expect(image().src).toBe("https://shop.example/logo.png");
  });
});

describe("audio settings", () => {
  const DEVICES = {
    inputs: [
      { id: "a", label: "Built-in" },
      { id: "b", label: "" },
    ],
    outputs: [
      { id: "x", label: "Speakers" },
      { id: "y", label: "Headset" },
    ],
    input: "a",
    output: "x",
    canChooseOutput: true,
  };
  const rows = () =>
    [...root().querySelectorAll<HTMLElement>(".settings label")]
      .filter((row) => !row.hidden)
      .map((row) => row.firstChild?.textContent);

  it("open on demand and choose volume, microphone and speaker", () => {
    start();
    screens.show({ ...ONGOING, volume: 0.8, devices: DEVICES });
    const settings = one(".settings");
    expect(settings.hidden).toBe(true);
    press("Audio settings");
    expect(settings.hidden).toBe(false);
    expect(rows()).toEqual(["Speaker volume", "Speaker", "Microphone"]);

    const slider = one<HTMLInputElement>(".settings input");
    expect(slider.getAttribute("aria-valuetext")).toBe("80%");
    slider.value = "35";
    slider.dispatchEvent(new Event("input"));
    const [speaker, microphone] = [...settings.querySelectorAll("select")] as [HTMLSelectElement, HTMLSelectElement];
    expect([...microphone.options].map((option) => option.text)).toEqual(["Built-in", "Microphone 2"]);
    microphone.value = "b";
    microphone.dispatchEvent(new Event("change"));
    speaker.value = "y";
    speaker.dispatchEvent(new Event("change"));
    expect(actions).toEqual([
      { type: "volume", value: 0.35 },
      { type: "input", id: "b" },
      { type: "output", id: "y" },
    ]);
  });

  it("offer no choice where there is none", () => {
    start();
    screens.show({
      ...ONGOING,
      devices: { ...DEVICES, inputs: [{ id: "a", label: "Built-in" }], canChooseOutput: false },
    });
    press("Audio settings");
    expect(rows()).toEqual(["Speaker volume"]);
  });
});

describe("focus and keys", () => {
  it("takes the focus to the dialog and gives it back", () => {
    start();
    document.getElementById("call")?.focus();
    screens.show(OUTGOING);
    expect(root().activeElement).toBe(dialog());
    screens.show(null);
    expect(document.activeElement?.id).toBe("call");
  });

  it("leaves the focus to a person who is writing when a call comes in", () => {
    start();
    document.getElementById("search")?.focus();
    screens.show(INCOMING);
    expect(document.activeElement?.id).toBe("search");
    expect(text(".announcer")).toBe("Incoming call from Ravi Kumar. Your order is on its way");
    expect(root().querySelector(".announcer")?.getAttribute("aria-live")).toBe("assertive");
  });

  it("keeps the focus in the dialog when the pressed button goes with its phase", () => {
    start();
    screens.show(INCOMING);
    one(".answer").focus();
    screens.show({ ...ONGOING, status: "connecting" });
    expect(root().activeElement).toBe(dialog());
  });

  it("minimises with Escape, which ends nothing, and restores", () => {
    start();
    screens.show(ONGOING);
    type("Escape");
    expect(dialog().classList.contains("pill")).toBe(true);
    expect(buttons()).toContain("Restore");
    press("Restore");
    expect(dialog().classList.contains("pill")).toBe(false);
    expect(actions).toEqual([]);
  });

  it("keeps its keys from the page's shortcuts", () => {
    start();
    const shortcut = vi.fn();
    document.addEventListener("keydown", shortcut);
    screens.show(ONGOING);
    type("m");
    type("Escape");
    document.removeEventListener("keydown", shortcut);
    expect(shortcut).not.toHaveBeenCalled();
  });
});

describe("the end", () => {
  it("says why, keeps the time that was reached, and leaves by itself once", () => {
    start();
    screens.show({ ...ONGOING, answeredAt: 1_000_000 });
    vi.advanceTimersByTime(5_000);
    screens.show({ ...ENDED, answeredAt: 1_000_000 });
    expect(text(".status span")).toBe("Ravi Kumar declined");
    vi.advanceTimersByTime(2_000);
    screens.show({ ...ENDED, answeredAt: 1_000_000 });
    expect(text("[role=timer]")).toBe("00:05");
    vi.advanceTimersByTime(1_000);
    expect(isShown()).toBe(false);
    vi.advanceTimersByTime(60_000);
    expect(actions).toEqual([{ type: "dismiss" }]);
  });

  it("can be closed sooner", () => {
    start();
    screens.show(ENDED);
    press("Close");
    expect(isShown()).toBe(false);
    vi.advanceTimersByTime(60_000);
    expect(actions).toEqual([{ type: "dismiss" }]);
  });

  it("makes room for the next call at once", () => {
    start();
    screens.show(ONGOING);
    type("Escape");
    screens.show(ENDED);
    screens.show(INCOMING);
    expect(buttons()).toEqual(["Decline", "Answer", "Minimise"]);
    vi.advanceTimersByTime(60_000);
    expect(buttons()).toEqual(["Decline", "Answer", "Minimise"]);
    expect(actions).toEqual([]);
  });

  it("leaves nothing behind when it is destroyed in the middle of a call", () => {
    start();
    screens.show(ONGOING);
    screens.destroy();
    expect(document.getElementById("sc-sdk")).toBeNull();
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("the host", () => {
  it("comes back when the page has thrown its content away", () => {
    start();
    screens.show(ONGOING);
    document.body.innerHTML = "";
    vi.advanceTimersByTime(500);
    expect(buttons()).toContain("Hang up");
  });

  it("is not shut away with the rest of the page by a dialog of the page", () => {
    start();
    screens.show(INCOMING);
    const host = document.getElementById("sc-sdk");
    host?.setAttribute("inert", "");
    host?.setAttribute("aria-hidden", "true");
    vi.advanceTimersByTime(500);
    expect(host?.hasAttribute("inert")).toBe(false);
    expect(host?.hasAttribute("aria-hidden")).toBe(false);
  });

  it("uses the element that the page has prepared", () => {
    document.body.innerHTML = "<div id=sc-sdk></div>";
    start();
    screens.show(ONGOING);
    expect(document.querySelectorAll("#sc-sdk")).toHaveLength(1);
    expect(buttons()).toContain("Hang up");
  });

  it("lets two clients live on one page", () => {
    start();
    const second = createCallScreens();
    screens.show(ONGOING);
    expect(document.querySelectorAll("#sc-sdk")).toHaveLength(1);
    second.destroy();
    expect(buttons()).toContain("Hang up");
  });
});
