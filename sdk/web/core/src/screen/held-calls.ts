/** The other calls of this device, which are on hold: with whom, and a button each that goes on with it. */
import { fill } from "../texts/texts";
import { make, type Stage } from "./dom";
import { icon } from "./icons";
import type { CallView, HeldCall } from "./view";
import { personName } from "./words";

export interface HeldCalls {
  element: HTMLElement;
  /** Takes the view and tells whether there are any. */
  update(view: CallView): boolean;
}

export function createHeldCalls(stage: Stage): HeldCalls {
  const { texts, act } = stage;
  const list = make(stage, "ul");
  const title = make(stage, "p", {}, texts.heldCalls);
  const element = make(stage, "div", { class: "held", role: "group", "aria-label": texts.heldCalls }, title, list);
  let drawn = "[]";

  function line({ callId, peer }: HeldCall): HTMLElement {
    const name = personName(peer);
    const button = make(
      stage,
      "button",
      { type: "button", class: "small", "aria-label": fill(texts.switchTo, { name }) },
      texts.switchCall,
    );
    button.addEventListener("click", () => act({ type: "hold", held: false, callId }));
    return make(stage, "li", {}, icon(stage.document, "hold"), make(stage, "bdi", {}, name), button);
  }

  return {
    element,
    update({ phase, onHold = [] }) {
      const calls = phase === "ongoing" ? onHold : [];
      const now = JSON.stringify(calls);
      if (now !== drawn) list.replaceChildren(...calls.map(line));
      drawn = now;
      return calls.length > 0;
    },
  };
}
