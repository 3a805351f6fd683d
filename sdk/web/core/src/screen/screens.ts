/**
 * The call screens: when a card comes, what has the focus, what is announced, when it leaves.
 *
 * - **Focus** goes to the dialog when it appears, never to a button. A person who is writing when a call comes in keeps
 *   the focus; a screen reader is told at once. When the screen leaves, the focus goes back to where it was.
 * - **Escape** minimises, and closes the screen of an ended call; it never answers, declines or ends one.
 * - **The page stays usable**: the dialog is not modal, and Tab walks in and out of it.
 */
import { completeTexts } from "../texts/texts";
import { createCard, type Card } from "./card";
import { make, setText, type Stage } from "./dom";
import { createMover } from "./drag";
import { focused, isWriting } from "./focus";
import { createHost } from "./host";
import type { CallScreens, CallView, ScreenAction, ScreenOptions } from "./view";
import { announcementOf } from "./words";

/** How long the screen of an ended call stays: time to read one sentence. The style sheet fades it out at the end. */
const ENDED_STAYS = 3000;
/** How often the timer and the page around are looked at; half a second, so that no second is skipped. */
const TICK = 500;

/** The screens of one client on one page. Makes `#sc-sdk` at once if the page has a body, else with the first call. */
export function createCallScreens(options: ScreenOptions = {}): CallScreens {
  const document = options.document ?? globalThis.document;
  const window = document.defaultView ?? globalThis.window;
  let handler: (action: ScreenAction) => void = () => {};
  const stage: Stage = { document, texts: completeTexts(options.texts), act: (action) => handler(action) };

  const host = createHost(document);
  const announcer = make(stage, "div", { class: "announcer", role: "status" });
  host.root.append(announcer);

  let card: Card | undefined;
  let view: CallView | undefined;
  let minimised = false;
  let before: Element | null = null;
  let ticking: ReturnType<typeof setInterval> | undefined;
  let leaving: ReturnType<typeof setTimeout> | undefined;

  const mover = createMover(window, () => {
    if (minimised) setMinimised(false);
  });

  function setMinimised(value: boolean): void {
    minimised = value;
    card?.element.classList.toggle("pill", minimised);
    if (view) card?.update(view);
    mover.settle();
  }

  function appear(first: CallView): void {
    minimised = false;
    before = focused(document);
    card = createCard(stage, { corner, resized: mover.settle }, () => minimised);
    card.element.addEventListener("keydown", onKey);
    card.update(first);
    host.root.prepend(card.element);
    host.raise();
    mover.attach(card.element);
    if (first.phase !== "incoming" || !isWriting(before)) card.element.focus({ preventScroll: true });
    ticking = setInterval(() => {
      host.raise();
      card?.tick(Date.now());
    }, TICK);
  }

  function leave(): void {
    clearInterval(ticking);
    clearTimeout(leaving);
    leaving = undefined;
    const hadFocus = host.root.activeElement !== null;
    mover.detach();
    card?.element.remove();
    card = view = undefined;
    setText(announcer, "");
    host.lower();
    if (hadFocus && before?.isConnected) (before as HTMLElement).focus({ preventScroll: true });
    before = null;
  }

  function dismiss(): void {
    leave();
    stage.act({ type: "dismiss" });
  }

  function corner(): void {
    if (view?.phase === "ended") dismiss();
    else setMinimised(!minimised);
  }

  function onKey(event: KeyboardEvent): void {
    if (event.key !== "Escape") return;
    // The page's own dialog around or behind the card is not meant.
    event.preventDefault();
    if (view?.phase === "ended") dismiss();
    else if (!minimised) setMinimised(true);
  }

  function update(next: CallView): void {
    const hadFocus = host.root.activeElement !== null;
    card?.update(next);
    mover.settle();
    // The pressed button is gone with its phase: the focus stays in the dialog instead of falling to the page's start.
    if (hadFocus && host.root.activeElement === null) card?.element.focus({ preventScroll: true });
  }

  return {
    show(next) {
      if (next === null) {
        if (card) leave();
        return;
      }
      const another = view?.phase === "ended" && next.phase !== "ended";
      if (another) leave();
      view = next;
      if (card) update(next);
      else appear(next);
      announcer.setAttribute("aria-live", next.phase === "incoming" ? "assertive" : "polite");
      setText(announcer, announcementOf(next, stage.texts));
      if (next.phase === "ended") leaving ??= setTimeout(dismiss, ENDED_STAYS);
    },
    onAction(next) {
      handler = next;
    },
    destroy() {
      leave();
      host.remove();
    },
  };
}
