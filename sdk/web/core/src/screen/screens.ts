/**
 * The call screens: when a card comes, what has the focus, what is announced, when it leaves.
 *
 * - **Focus** goes to the dialog when it appears, never to a button. A person who is writing when a call comes in keeps
 *   the focus; a screen reader is told at once. When the screen leaves, the focus goes back to where it was.
 * - **Escape** minimises, and closes the screen of an ended call; it never answers, declines or ends one.
 * - **A call that waits** brings a minimised screen back to its size, as a call that comes in has it; it takes no focus.
 * - **A call on another device** has a banner while no call is on the screen.
 * - **The page stays usable**: the dialog is not modal, and Tab walks in and out of it.
 */
import { completeTexts } from "../texts/texts";
import { createCard, type Card } from "./card";
import { make, setText, type Stage } from "./dom";
import { createMover } from "./drag";
import { createBanner } from "./elsewhere";
import { focused, isWriting } from "./focus";
import { createHost } from "./host";
import type { CallScreens, CallView, ElsewhereView, ScreenAction, ScreenOptions } from "./view";
import { announcementOf, isUrgent } from "./words";

/** How long the screen of an ended call stays: time to read one sentence. The style sheet fades it out at the end. */
const ENDED_STAYS = 3000;
/** How often the timer and the page around are looked at; half a second, so that no second is skipped. */
const TICK = 500;

/** The screens of one client on one page. Makes `#sc-sdk` at once if the page has a body, else with the first call. */
export function createCallScreens(options: ScreenOptions = {}): CallScreens {
  const document = options.document ?? globalThis.document;
  const window = document.defaultView ?? globalThis.window;
  let handler: (action: ScreenAction) => void = () => {};
  const stage: Stage = {
    document,
    texts: completeTexts(options.texts),
    act: (action) => handler(action),
    levels: options.levels,
  };

  const host = createHost(document);
  const announcer = make(stage, "div", { class: "announcer", role: "status" });
  host.root.append(announcer);

  let card: Card | undefined;
  let view: CallView | undefined;
  let minimised = false;
  let before: Element | null = null;
  let elsewhere: ElsewhereView | undefined;
  let ticking: ReturnType<typeof setInterval> | undefined;
  let leaving: ReturnType<typeof setTimeout> | undefined;

  const mover = createMover(window, () => {
    if (minimised) setMinimised(false);
  });

  const banner = createBanner(stage, drawBanner);

  function setMinimised(value: boolean): void {
    minimised = value;
    card?.element.classList.toggle("pill", minimised);
    if (view) card?.update(view);
    mover.settle();
  }

  function appear(first: CallView): void {
    minimised = false;
    // From the banner's button the focus goes to the card it brought, and later to where it was before both.
    if (!host.root.activeElement) before = focused(document);
    card = createCard(stage, { corner, resized: mover.settle }, () => minimised);
    card.element.addEventListener("keydown", onKey);
    card.update(first);
    host.root.prepend(card.element);
    keepRaised();
    card.tick(Date.now());
    mover.attach(card.element);
    if (first.phase !== "incoming" || !isWriting(before)) card.element.focus({ preventScroll: true });
  }

  function leave(): void {
    clearTimeout(leaving);
    leaving = undefined;
    const hadFocus = host.root.activeElement !== null;
    mover.detach();
    card?.remove();
    card = view = undefined;
    setText(announcer, "");
    keepRaised();
    if (hadFocus) giveFocusBack();
    before = null;
  }

  /** In the page's way only while there is something to see. */
  function keepRaised(): void {
    clearInterval(ticking);
    ticking = undefined;
    if (!card && !banner.element.isConnected) return host.lower();
    host.raise();
    ticking = setInterval(() => {
      host.raise();
      card?.tick(Date.now());
    }, TICK);
  }

  function giveFocusBack(): void {
    if (before?.isConnected) (before as HTMLElement).focus({ preventScroll: true });
  }

  function drawBanner(): void {
    const wanted = elsewhere !== undefined && banner.update(elsewhere) && !card;
    if (wanted !== banner.element.isConnected) {
      if (wanted) {
        before = focused(document);
        host.root.prepend(banner.element);
      } else {
        const hadFocus = banner.element.contains(host.root.activeElement);
        banner.element.remove();
        if (hadFocus) giveFocusBack();
      }
      keepRaised();
    }
    if (!card) announce(wanted ? banner.announcement() : "", false);
  }

  function announce(text: string, urgent: boolean): void {
    announcer.setAttribute("aria-live", urgent ? "assertive" : "polite");
    setText(announcer, text);
  }

  function dismiss(): void {
    leave();
    drawBanner();
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
        return drawBanner();
      }
      const another = view?.phase === "ended" && next.phase !== "ended";
      if (another) leave();
      const last = view;
      view = next;
      if (card) update(next);
      else appear(next);
      if (next.waiting && next.waiting.callId !== last?.waiting?.callId && minimised) setMinimised(false);
      drawBanner();
      announce(announcementOf(next, last, stage.texts), isUrgent(next));
      if (next.phase === "ended") leaving ??= setTimeout(dismiss, ENDED_STAYS);
    },
    showElsewhere(next) {
      elsewhere = next;
      drawBanner();
    },
    onAction(next) {
      handler = next;
    },
    destroy() {
      elsewhere = undefined;
      banner.element.remove();
      leave();
      host.remove();
    },
  };
}
