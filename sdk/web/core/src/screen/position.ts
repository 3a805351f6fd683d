/**
 * Where the card or pill stands after a person has moved it.
 *
 * A place is kept as the distance from the nearest corner of the window, so that a card that becomes a pill, or a
 * window that changes its size, leaves it in the corner where it was put. Pure; `drag.ts` moves the element.
 */

/** A distance from one corner of the window, in CSS pixels. */
export interface Place {
  horizontal: { edge: "left" | "right"; distance: number };
  vertical: { edge: "top" | "bottom"; distance: number };
}

export interface Size {
  width: number;
  height: number;
}

/** Free space that stays between the card and the edge of the window. */
const MARGIN = 8;

/** The place of a card whose upper left corner has been moved to `left`, `top`; never outside the window. */
export function placeAt(left: number, top: number, card: Size, window: Size): Place {
  const [fromLeft, fromRight] = both(left, card.width, window.width);
  const [fromTop, fromBottom] = both(top, card.height, window.height);
  return {
    horizontal: fromLeft <= fromRight ? { edge: "left", distance: fromLeft } : { edge: "right", distance: fromRight },
    vertical: fromTop <= fromBottom ? { edge: "top", distance: fromTop } : { edge: "bottom", distance: fromBottom },
  };
}

/** The same place for a card or a window of another size; moved only as far as it takes to be inside. */
export function placeAgain(place: Place, card: Size, window: Size): Place {
  const { horizontal, vertical } = place;
  return {
    horizontal: { ...horizontal, distance: clamp(horizontal.distance, card.width, window.width) },
    vertical: { ...vertical, distance: clamp(vertical.distance, card.height, window.height) },
  };
}

function both(start: number, length: number, room: number): [number, number] {
  const near = clamp(start, length, room);
  return [near, Math.max(MARGIN, room - length - near)];
}

function clamp(distance: number, length: number, room: number): number {
  return Math.max(MARGIN, Math.min(distance, room - length - MARGIN));
}
