/**
 * Browsers let a page sound only after the person has touched it. This waits for the touches.
 *
 * It keeps listening after the first one, because iOS takes the right away again when a phone call or another app
 * interrupts the page.
 */

/** What counts as a touch in at least one browser; a finger that goes down does not, one that comes up does. */
const GESTURES = ["pointerup", "mousedown", "touchend", "keydown", "click"] as const;

/** Calls `heard` at each gesture on the page, before the page itself sees it; returns what stops that. */
export function onGesture(window: Window, heard: () => void): () => void {
  const listening = new AbortController();
  for (const gesture of GESTURES) {
    window.addEventListener(gesture, heard, { capture: true, passive: true, signal: listening.signal });
  }
  return () => listening.abort();
}

/** Whether a gesture has happened already, as far as the browser tells. */
export function wasTouched(window: Window): boolean {
  return window.navigator.userActivation?.hasBeenActive ?? false;
}
