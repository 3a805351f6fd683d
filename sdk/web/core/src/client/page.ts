/** What the page goes through, as far as the session must know. */
import type { WakeReason } from "../connection/types";

/** How often the clocks are compared. Higher: a machine that woke up is noticed later. */
const LOOK = 1_000;
/** By how much the time of day must have run ahead of this page's own clock for the machine to have slept. Higher:
 * short naps are missed; lower: clocks that are put right look like naps. */
const NAP = 3_000;

/** The part of the Network Information API that says of what kind the network is; Chromium's phones have it. */
interface Connection extends EventTarget {
  readonly type?: string;
}

export interface PageEvents {
  wake(why: WakeReason): void;
  leave(): void;
}

/** Reports the page's coming and going; returns what stops that. */
export function watchPage(window: Window & typeof globalThis, events: PageEvents): () => void {
  const watching = new AbortController();
  const { signal } = watching;
  const visible = () => events.wake("visible");
  window.addEventListener("online", () => events.wake("online"), { signal });
  window.addEventListener("pageshow", visible, { signal });
  window.document.addEventListener(
    "visibilitychange",
    () => {
      if (!window.document.hidden) visible();
    },
    { signal },
  );
  // `unload` is not fired on phones, and `beforeunload` also for pages that stay.
  window.addEventListener("pagehide", events.leave, { signal });
  watchNetwork(window, () => events.wake("network"), signal);
  const unwatchClock = watchClock(window, () => events.wake("slept"));
  return () => {
    watching.abort();
    unwatchClock();
  };
}

/** The event comes with every new estimate of the network's speed; only another kind of network is of interest. */
function watchNetwork(window: Window, changed: () => void, signal: AbortSignal): void {
  const { connection } = window.navigator as Navigator & { connection?: Connection };
  let kind = connection?.type;
  connection?.addEventListener?.(
    "change",
    () => {
      const before = kind;
      kind = connection.type;
      if (kind !== before && kind !== "none") changed();
    },
    { signal },
  );
}

/**
 * A closed lid stops `performance.now()` on most systems, and every timer with it, while the time of day goes on. Where
 * it is not stopped the session's own deadline is overdue when the machine wakes.
 */
function watchClock(window: Window, slept: () => void): () => void {
  const lead = () => Date.now() - window.performance.now();
  let before = lead();
  const timer = setInterval(() => {
    const now = lead();
    if (now - before >= NAP) slept();
    before = now;
  }, LOOK);
  return () => clearInterval(timer);
}
