/** The vibration of a phone that rings. Desktops and iOS have none. */
import { wasTouched } from "./gesture";

export interface Vibration {
  /** Vibrates until `stop`, from now on or, if the page has not been touched yet, from the next gesture on. */
  start(): void;
  /** To be called in a gesture. */
  unlock(): void;
  stop(): void;
}

/** Two beats and a rest, in milliseconds; together as long as the ringtone's period. */
const PATTERN = [400, 200, 400, 2600];
const PERIOD = PATTERN.reduce((sum, part) => sum + part);

export function createVibration(window: Window): Vibration {
  const { navigator } = window;
  let wanted = false;
  let repeating: ReturnType<typeof setInterval> | undefined;

  const unlock = () => {
    // Asked too early, the browser refuses and complains in the page's console.
    if (!wanted || repeating !== undefined || !navigator.vibrate || !wasTouched(window)) return;
    navigator.vibrate(PATTERN);
    repeating = setInterval(() => navigator.vibrate(PATTERN), PERIOD);
  };
  return {
    unlock,
    start() {
      wanted = true;
      unlock();
    },
    stop() {
      wanted = false;
      if (repeating === undefined) return;
      clearInterval(repeating);
      repeating = undefined;
      navigator.vibrate(0);
    },
  };
}
