/**
 * Whether the person had closed their microphone when the page was reloaded.
 *
 * The server does not tell it with the restored call, and nobody who muted themselves may be heard again because a page
 * was reloaded.
 */
import type { ShownCall } from "../call/types";

const KEY = "tring-muted";

export interface MuteMemory {
  /** Takes note of what is shown. Answers whether a call that came back with the page must be muted again. */
  see(shown: ShownCall | null): boolean;
}

export function createMuteMemory(window: Window): MuteMemory {
  let isFirst = true;
  return {
    see(shown) {
      if (!shown && isFirst) return false;
      const cameBack = isFirst && shown?.phase === "ongoing" && read(window);
      isFirst = false;
      if (!cameBack) write(window, shown?.phase === "ongoing" && shown.muted);
      return cameBack;
    },
  };
}

// Where storage is forbidden even looking at it throws; then a reload forgets.
function read(window: Window): boolean {
  try {
    return window.sessionStorage.getItem(KEY) !== null;
  } catch {
    return false;
  }
}

function write(window: Window, muted: boolean): void {
  try {
    if (muted) window.sessionStorage.setItem(KEY, "1");
    else window.sessionStorage.removeItem(KEY);
  } catch {
    // As above.
  }
}
