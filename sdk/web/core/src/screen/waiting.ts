/**
 * Somebody else calls: who, why, and what can be done about it, above the call that goes on.
 *
 * It comes first in the card, so that Tab reaches it before the buttons of the current call, but never takes the focus:
 * a key meant for the current call neither answers nor refuses another.
 */
import { fill } from "../texts/texts";
import { roundButton } from "./buttons";
import { make, setText, type Stage } from "./dom";
import { createPicture } from "./picture";
import type { CallView, WaitingCall } from "./view";
import { personName } from "./words";

export interface WaitingPanel {
  element: HTMLElement;
  /** Takes the view and tells whether a call waits. */
  update(view: CallView): boolean;
}

export function createWaitingPanel(stage: Stage): WaitingPanel {
  const { texts, act } = stage;
  let call: WaitingCall | undefined;
  const about = (send: (callId: string) => void) => () => {
    if (call) send(call.callId);
  };

  const picture = createPicture(stage);
  const title = make(stage, "bdi", { class: "caller" });
  const context = make(stage, "bdi", { class: "why" });
  const { button: decline } = roundButton(
    stage,
    "decline",
    "hangUp",
    texts.decline,
    about((callId) => act({ type: "decline", callId })),
  );
  const { button: end } = roundButton(
    stage,
    "answer",
    "endAndAnswer",
    texts.endAndAnswer,
    about((callId) => act({ type: "answer", callId, current: "end" })),
  );
  const { button: hold } = roundButton(
    stage,
    "answer",
    "holdAndAnswer",
    texts.holdAndAnswer,
    about((callId) => act({ type: "answer", callId, current: "hold" })),
  );
  const element = make(
    stage,
    "div",
    { class: "waiting", role: "group" },
    picture.element,
    make(stage, "p", { class: "who" }, title, context),
    make(stage, "div", { class: "choices" }, decline, end, hold),
  );

  return {
    element,
    update(view) {
      call = view.phase === "ongoing" ? view.waiting : undefined;
      if (!call) return false;
      picture.update({ peer: call.from, image: call.image, branding: view.branding });
      const headline = fill(texts.waiting, { name: personName(call.from) });
      setText(title, headline);
      setText(context, call.context);
      element.setAttribute("aria-label", headline);
      if (!call.canHold) hold.remove();
      else if (end.nextSibling !== hold) end.after(hold);
      return true;
    },
  };
}
