/** The row of round buttons: which ones a phase has, what they are called and what they ask for. */
import { make, setText, type Stage } from "./dom";
import { icon, type IconName } from "./icons";
import type { CallView } from "./view";

export interface Buttons {
  element: HTMLElement;
  update(view: CallView): void;
}

type Key = "cancel" | "decline" | "answer" | "mute" | "hold" | "audio" | "hangUp";

const OF_PHASE: Record<CallView["phase"], Key[]> = {
  outgoing: ["cancel"],
  // As on a phone, and so that reading order and Tab order agree.
  incoming: ["decline", "answer"],
  ongoing: ["mute", "hold", "audio", "hangUp"],
  ended: [],
};

/** `toggleAudio` opens and closes the audio settings and tells whether they are open now. */
export function createButtons(stage: Stage, panelId: string, toggleAudio: () => boolean): Buttons {
  const { texts, act } = stage;
  const element = make(stage, "div", { class: "buttons" });
  let row = "";
  let muted = false;
  let held = false;

  const mute = roundButton(stage, "mute", "microphone", texts.mute, () => act({ type: "mute", muted: !muted }));
  const hold = roundButton(stage, "hold", "hold", texts.hold, () => act({ type: "hold", held: !held }));
  const audio = roundButton(stage, "audio", "sound", texts.audio, () => {
    audio.button.setAttribute("aria-expanded", String(toggleAudio()));
  });
  audio.button.setAttribute("aria-label", texts.audioSettings);
  audio.button.setAttribute("aria-controls", panelId);
  audio.button.setAttribute("aria-expanded", "false");
  const buttons: Record<Key, HTMLButtonElement> = {
    cancel: roundButton(stage, "cancel", "hangUp", texts.cancel, () => act({ type: "cancel" })).button,
    decline: roundButton(stage, "decline", "hangUp", texts.decline, () => act({ type: "decline" })).button,
    answer: roundButton(stage, "answer", "answer", texts.answer, () => act({ type: "answer" })).button,
    mute: mute.button,
    hold: hold.button,
    audio: audio.button,
    hangUp: roundButton(stage, "hang-up", "hangUp", texts.hangUp, () => act({ type: "hangup" })).button,
  };

  return {
    element,
    update(view) {
      const keys = keysOf(view);
      if (keys.join() !== row) {
        row = keys.join();
        arrange(
          element,
          keys.map((key) => buttons[key]),
        );
        element.classList.toggle("four", keys.length > 3);
      }
      muted = view.muted;
      mute.button.classList.toggle("pressed", muted);
      mute.draw(muted ? "microphoneOff" : "microphone");
      // The name says what a press does; a pressed state besides would say it twice.
      setText(mute.label, muted ? texts.unmute : texts.mute);
      held = view.held === true;
      hold.button.classList.toggle("pressed", held);
      hold.draw(held ? "resume" : "hold");
      setText(hold.label, held ? texts.resume : texts.hold);
    },
  };
}

/** A call that cannot be held has no such button; one that somehow is held can always be gone on with. */
function keysOf({ phase, canHold, held }: CallView): Key[] {
  return OF_PHASE[phase].filter((key) => key !== "hold" || canHold || held);
}

/** Makes `buttons` the row. One that stays is not touched, and keeps the focus. */
function arrange(row: HTMLElement, buttons: HTMLElement[]): void {
  for (const child of [...row.children]) {
    if (!buttons.includes(child as HTMLElement)) child.remove();
  }
  buttons.forEach((button, index) => {
    if (row.children[index] !== button) row.insertBefore(button, row.children[index] ?? null);
  });
}

/** A disc with a symbol and its name below; `kind` is its class. */
export function roundButton(stage: Stage, kind: string, symbol: IconName, text: string, press: () => void) {
  const label = make(stage, "span", { class: "label" }, text);
  const disc = make(stage, "span", { class: "disc" });
  const button = make(stage, "button", { type: "button", class: `round ${kind}` }, disc, label);
  button.addEventListener("click", press);
  let drawn: IconName | undefined;
  const draw = (name: IconName) => {
    if (name === drawn) return;
    drawn = name;
    disc.replaceChildren(icon(stage.document, name));
  };
  draw(symbol);
  return { button, label, draw };
}
