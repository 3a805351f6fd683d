/** The row of round buttons: which ones a phase has, what they are called and what they ask for. */
import { make, setText, type Stage } from "./dom";
import { icon, type IconName } from "./icons";
import type { CallView } from "./view";

export interface Buttons {
  element: HTMLElement;
  update(view: CallView): void;
}

type Key = "cancel" | "decline" | "answer" | "mute" | "audio" | "hangUp";

const OF_PHASE: Record<CallView["phase"], Key[]> = {
  outgoing: ["cancel"],
  // As on a phone, and so that reading order and Tab order agree.
  incoming: ["decline", "answer"],
  ongoing: ["mute", "audio", "hangUp"],
  ended: [],
};

/** `toggleAudio` opens and closes the audio settings and tells whether they are open now. */
export function createButtons(stage: Stage, panelId: string, toggleAudio: () => boolean): Buttons {
  const { texts, act } = stage;
  const element = make(stage, "div", { class: "buttons" });
  let phase: CallView["phase"] | undefined;
  let muted = false;

  const mute = round(stage, "mute", "microphone", texts.mute, () => act({ type: "mute", muted: !muted }));
  const audio = round(stage, "audio", "sound", texts.audio, () => {
    audio.button.setAttribute("aria-expanded", String(toggleAudio()));
  });
  audio.button.setAttribute("aria-label", texts.audioSettings);
  audio.button.setAttribute("aria-controls", panelId);
  audio.button.setAttribute("aria-expanded", "false");
  const buttons: Record<Key, HTMLButtonElement> = {
    cancel: round(stage, "cancel", "hangUp", texts.cancel, () => act({ type: "cancel" })).button,
    decline: round(stage, "decline", "hangUp", texts.decline, () => act({ type: "decline" })).button,
    answer: round(stage, "answer", "answer", texts.answer, () => act({ type: "answer" })).button,
    mute: mute.button,
    audio: audio.button,
    hangUp: round(stage, "hang-up", "hangUp", texts.hangUp, () => act({ type: "hangup" })).button,
  };

  return {
    element,
    update(view) {
      if (view.phase !== phase) {
        phase = view.phase;
        element.replaceChildren(...OF_PHASE[phase].map((key) => buttons[key]));
      }
      muted = view.muted;
      mute.button.classList.toggle("pressed", muted);
      mute.draw(muted ? "microphoneOff" : "microphone");
      // The name says what a press does; a pressed state besides would say it twice.
      setText(mute.label, muted ? texts.unmute : texts.mute);
    },
  };
}

function round(stage: Stage, kind: string, symbol: IconName, text: string, press: () => void) {
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
