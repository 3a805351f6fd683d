/** The id of this tab. It survives reloads, so that a call does, and is not shared with other tabs, which ring too. */

const KEY = "tring-device";

/** This tab's id; made when it is first asked for. A page without storage has one for as long as it lives. */
export function deviceId(window: Window & typeof globalThis): string {
  const kept = read(window);
  if (kept !== undefined && /^[A-Za-z0-9_-]{8,64}$/.test(kept)) return kept;
  const made = makeId(window.crypto);
  write(window, made);
  return made;
}

function makeId(crypto: Crypto): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return `tab-${Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}

let inMemory: string | undefined;

// Where storage is forbidden even looking at it throws.
function read(window: Window): string | undefined {
  try {
    return window.sessionStorage.getItem(KEY) ?? inMemory;
  } catch {
    return inMemory;
  }
}

function write(window: Window, id: string): void {
  inMemory = id;
  try {
    window.sessionStorage.setItem(KEY, id);
  } catch {
    // The copy in memory serves until the page goes.
  }
}
