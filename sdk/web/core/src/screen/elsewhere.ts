/**
 * The banner on a device whose person is in a call on another of their devices, with a button that brings it here.
 *
 * It is there only while no call is on the screen, and once closed it stays away until there is another call elsewhere.
 */
import { fill } from "../texts/texts";
import { make, type Stage } from "./dom";
import { icon } from "./icons";
import { palette } from "./palette";
import type { ElsewhereView, HeldCall } from "./view";
import { personName } from "./words";

export interface Banner {
  element: HTMLElement;
  /** Takes the calls and tells whether there is anything to show. */
  update(view: ElsewhereView): boolean;
  /** What a screen reader says of it. */
  announcement(): string;
}

/** `closed` is called when the person has put the banner away. */
export function createBanner(stage: Stage, closed: () => void): Banner {
  const { texts, act } = stage;
  const list = make(stage, "ul");
  const close = make(
    stage,
    "button",
    { type: "button", class: "corner", "aria-label": texts.close },
    icon(stage.document, "close"),
  );
  const element = make(
    stage,
    "section",
    { class: "banner", role: "region", "aria-label": texts.continueHere },
    list,
    close,
  );
  let calls: HeldCall[] = [];
  let drawn = "";
  let unwanted = new Set<string>();

  const putAway = () => {
    unwanted = new Set(calls.map(({ callId }) => callId));
    closed();
  };
  close.addEventListener("click", putAway);
  element.addEventListener("keydown", (event) => {
    if (event.key === "Escape") putAway();
  });

  const sentence = ({ peer }: HeldCall) => fill(texts.elsewhere, { name: personName(peer) });

  function line(call: HeldCall): HTMLElement {
    const button = make(stage, "button", { type: "button", class: "small" }, texts.continueHere);
    button.addEventListener("click", () => act({ type: "take_over", callId: call.callId }));
    return make(stage, "li", {}, icon(stage.document, "elsewhere"), make(stage, "span", {}, sentence(call)), button);
  }

  return {
    element,
    update(view) {
      calls = view.calls;
      for (const [property, value] of Object.entries(palette(view.branding)))
        element.style.setProperty(property, value);
      const now = JSON.stringify(calls);
      if (now !== drawn) list.replaceChildren(...calls.map(line));
      drawn = now;
      return calls.some(({ callId }) => !unwanted.has(callId));
    },
    announcement: () => calls.map(sentence).join(". "),
  };
}
