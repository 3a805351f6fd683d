/**
 * One call on the page: the card, which is also the pill when it is minimised.
 *
 * It is one element in both sizes, so that minimising never loses the focus, a picture or an open list.
 */
import { createAudioSettings } from "./audio-settings";
import { createButtons } from "./buttons";
import { make, setText, type Stage } from "./dom";
import { formatDuration } from "./duration";
import { createHeldCalls } from "./held-calls";
import { icon } from "./icons";
import { palette } from "./palette";
import { createPicture } from "./picture";
import type { Texts } from "../texts/texts";
import type { CallView } from "./view";
import { createWaitingPanel } from "./waiting";
import { hintsOf, isUnderWay, nameOf, playOf, statusHere, statusOf, titleOf, troubleOf } from "./words";

const SETTINGS = "audio-settings";
const CONTEXT = "context";

export interface Card {
  element: HTMLElement;
  update(view: CallView): void;
  /** Brings the timer up to date. */
  tick(now: number): void;
  /** Takes it off the page. */
  remove(): void;
}

/** What the card asks of the screen around it. */
export interface CardEvents {
  /** The button in the corner: minimise, restore, or close once the call has ended. */
  corner(): void;
  /** The card has another size now. */
  resized(): void;
}

export function createCard(stage: Stage, events: CardEvents, isMinimised: () => boolean): Card {
  const { texts } = stage;
  const picture = createPicture(stage);
  const settings = createAudioSettings(stage, SETTINGS);
  const showSettings = (open: boolean) => {
    settings.show(open);
    element.classList.toggle("open", open);
    if (open) body.scrollTop = body.scrollHeight;
    events.resized();
    return open;
  };
  const buttons = createButtons(stage, SETTINGS, () => showSettings(settings.element.hidden === true));

  // `bdi`: a name in a script of the other direction must not turn the line around.
  const name = make(stage, "bdi");
  const context = make(stage, "bdi", { id: CONTEXT });
  const status = make(stage, "span");
  const timer = make(stage, "span", { class: "timer", role: "timer", hidden: "" });
  const words = make(
    stage,
    "div",
    { class: "words" },
    make(stage, "p", { class: "name" }, name),
    make(stage, "p", { class: "context" }, context),
    make(stage, "p", { class: "status" }, status, timer),
  );
  const hints = make(stage, "ul", { class: "hints" });
  const play = make(stage, "button", { type: "button", class: "play" });
  play.addEventListener("click", () => stage.act({ type: "play" }));
  const held = createHeldCalls(stage);
  const body = make(stage, "div", { class: "body" }, picture.element, words, hints, settings.element);
  const waiting = createWaitingPanel(stage);
  const powered = make(stage, "p", { class: "powered" }, texts.poweredBy);
  const brand = make(stage, "img", { class: "brand", alt: "", referrerpolicy: "no-referrer", hidden: "" });
  brand.addEventListener("error", () => (brand.hidden = true));
  const corner = make(stage, "button", { type: "button", class: "corner" });
  corner.addEventListener("click", events.corner);

  const element = make(
    stage,
    "section",
    // The dialog itself takes the focus, never a button: a key that was meant for the page neither answers nor ends a call.
    { class: "card", role: "dialog", tabindex: "-1", "aria-describedby": CONTEXT },
    body,
    buttons.element,
    powered,
    brand,
    corner,
  );

  let current: CallView | undefined;
  let hinted = "";
  const tick = (now: number) => {
    // What has to be scrolled must be reached by the keyboard; browsers differ in whether it is without this.
    if (body.scrollHeight > body.clientHeight) body.tabIndex = 0;
    else body.removeAttribute("tabindex");
    if (current?.answeredAt !== undefined && current.phase !== "ended") {
      setText(timer, formatDuration(now - current.answeredAt));
    }
  };

  return {
    element,
    tick,
    remove() {
      settings.show(false);
      element.remove();
    },
    update(view) {
      current = view;
      for (const [property, value] of Object.entries(palette(view.branding)))
        element.style.setProperty(property, value);
      element.dataset.phase = view.phase;
      element.dataset.status = statusHere(view);
      element.dataset.hold = view.held ? "mine" : view.peerHeld ? "theirs" : "none";
      element.setAttribute("aria-label", titleOf(view, texts));
      picture.update(view);
      setText(name, nameOf(view));
      setText(context, view.context);
      status.classList.toggle("under-way", isUnderWay(view));
      showStatus(view, status, timer, texts, isMinimised());
      hinted = showHints(stage, view, hints, hinted);
      const [heard] = playOf(view, texts);
      setText(play, heard ?? "");
      place(play, words, heard !== undefined);
      place(held.element, hints, held.update(view));
      if (!waiting.update(view)) waiting.element.remove();
      else if (element.firstChild !== waiting.element) element.prepend(waiting.element);
      settings.update(view);
      if (view.phase !== "ongoing" && !settings.element.hidden) showSettings(false);
      buttons.update(view);
      powered.hidden = !view.branding.poweredBy;
      showBrand(brand, view);
      nameCorner(stage, corner, view.phase === "ended" ? "close" : isMinimised() ? "restore" : "minimise");
      tick(Date.now());
    },
  };
}

/** Puts `part` after `anchor`, or away. What is not wanted is not in the page, so that nothing finds it there. */
function place(part: HTMLElement, anchor: HTMLElement, wanted: boolean): void {
  if (!wanted) part.remove();
  else if (anchor.nextSibling !== part) anchor.after(part);
}

/** While they talk: the time alone. Otherwise the status, and the time beside it once there is one. */
function showStatus(view: CallView, line: HTMLElement, timer: HTMLElement, texts: Texts, isMinimised: boolean): void {
  const isTalking = statusHere(view) === "connected" && !view.held && !view.peerHeld;
  const hasTime = view.phase === "ongoing" && isTalking && view.answeredAt !== undefined;
  const trouble = isMinimised && hasTime ? troubleOf(view, texts) : undefined;
  setText(line, trouble ?? statusOf(view, texts));
  line.hidden = hasTime && trouble === undefined;
  timer.hidden = view.answeredAt === undefined || (view.phase !== "ongoing" && view.phase !== "ended");
}

function showHints(stage: Stage, view: CallView, list: HTMLElement, before: string): string {
  const hints = hintsOf(view, stage.texts);
  const now = JSON.stringify(hints);
  if (now !== before) {
    list.replaceChildren(
      ...hints.map((hint) =>
        make(stage, "li", {}, icon(stage.document, hint.icon), make(stage, "span", {}, hint.text)),
      ),
    );
    list.hidden = hints.length === 0;
  }
  return now;
}

/** Where a person's picture takes the middle, the logo moves to the corner. */
function showBrand(brand: HTMLImageElement, view: CallView): void {
  const logo = view.image ? view.branding.logo : null;
  if (brand.getAttribute("src") === logo) return;
  brand.hidden = logo === null;
  if (logo === null) brand.removeAttribute("src");
  else brand.src = logo;
}

function nameCorner(stage: Stage, corner: HTMLButtonElement, role: "minimise" | "restore" | "close"): void {
  if (corner.dataset.role === role) return;
  corner.dataset.role = role;
  corner.setAttribute("aria-label", stage.texts[role]);
  corner.replaceChildren(icon(stage.document, role));
}
