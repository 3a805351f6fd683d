/**
 * Moves the card: with mouse, finger or pen on any part of it that is not a control, and with the arrow keys while the
 * dialog itself has the focus. Who can do neither minimises it instead.
 */
import { placeAgain, placeAt, type Place, type Size } from "./position";

export interface Mover {
  /** Makes an element movable and puts it where the last one was left. */
  attach(element: HTMLElement): void;
  /** Brings the element back inside after it or the window changed its size. */
  settle(): void;
  detach(): void;
}

/** Way in pixels before a press counts as a drag and no longer as a click. */
const THRESHOLD = 5;
/** Way of one arrow key. */
const STEP = 24;
const ARROWS: Record<string, [number, number]> = {
  ArrowLeft: [-STEP, 0],
  ArrowRight: [STEP, 0],
  ArrowUp: [0, -STEP],
  ArrowDown: [0, STEP],
};

/** `tapped` is called for a press on the card that moved nothing. */
export function createMover(window: Window, tapped: () => void): Mover {
  let element: HTMLElement | undefined;
  let place: Place | undefined;
  let listening: AbortController | undefined;

  const moveTo = (left: number, top: number) => {
    // On a phone the card fills the window and has nowhere to go.
    if (!element || element.offsetWidth >= window.innerWidth) return;
    place = placeAt(left, top, sizeOf(element), roomOf(window));
    put(element, place);
  };
  const settle = () => {
    if (!element || !place) return;
    // Shown where it was put, kept where it was put: a window that grows again gives the old place back.
    put(element, placeAgain(place, sizeOf(element), roomOf(window)));
  };

  return {
    settle,
    attach(card) {
      listening?.abort();
      listening = new AbortController();
      const { signal } = listening;
      element = card;
      settle();
      card.addEventListener("pointerdown", (down) => followPointer(card, down, moveTo, tapped), { signal });
      card.addEventListener("keydown", (event) => moveByKey(card, event, moveTo), { signal });
      window.addEventListener("resize", settle, { signal });
    },
    detach() {
      listening?.abort();
      element = undefined;
    },
  };
}

function followPointer(
  card: HTMLElement,
  down: PointerEvent,
  moveTo: (left: number, top: number) => void,
  tapped: () => void,
): void {
  if (down.button !== 0 || (down.target as Element).closest("button, label, input, select")) return;
  const start = card.getBoundingClientRect();
  const following = new AbortController();
  const { signal } = following;
  let moved = false;
  // Keeps the moves coming when the pointer runs ahead of the card or over a frame of the page.
  card.setPointerCapture(down.pointerId);
  card.addEventListener(
    "pointermove",
    (move) => {
      if (move.pointerId !== down.pointerId) return;
      const [x, y] = [move.clientX - down.clientX, move.clientY - down.clientY];
      if (!moved && Math.hypot(x, y) < THRESHOLD) return;
      if (!moved) {
        moved = true;
        card.classList.add("moving");
      }
      moveTo(start.left + x, start.top + y);
    },
    { signal },
  );
  const stop = (event: PointerEvent) => {
    if (event.pointerId !== down.pointerId) return;
    following.abort();
    card.classList.remove("moving");
    if (!moved && event.type === "pointerup") tapped();
  };
  card.addEventListener("pointerup", stop, { signal });
  card.addEventListener("pointercancel", stop, { signal });
}

function moveByKey(card: HTMLElement, event: KeyboardEvent, moveTo: (left: number, top: number) => void): void {
  const way = ARROWS[event.key];
  if (!way || event.target !== card || event.altKey || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  const { left, top } = card.getBoundingClientRect();
  moveTo(left + way[0], top + way[1]);
}

function put(element: HTMLElement, { horizontal, vertical }: Place): void {
  const { style } = element;
  style.inset = "auto";
  style[horizontal.edge] = `${horizontal.distance}px`;
  style[vertical.edge] = `${vertical.distance}px`;
}

function sizeOf(element: HTMLElement): Size {
  return { width: element.offsetWidth, height: element.offsetHeight };
}

function roomOf(window: Window): Size {
  return { width: window.innerWidth, height: window.innerHeight };
}
