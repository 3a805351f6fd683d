/**
 * What a call sounds like beside the talking: ringtone, ringback, busy and end tone, on hold, and while another one rings.
 *
 * **One sound at a time.** Starting one stops the other, and `stop` may always be called. Ringtone and ringback that the
 * browser does not allow yet start with the next gesture, unless they have been stopped by then; a tone that is played
 * once does not, because late it would be wrong.
 */
import { createFilePlayer } from "./file-player";
import { onGesture } from "./gesture";
import { BUSY, END, HOLD, RINGBACK, RINGTONE, type Score, WAITING } from "./score";
import { createScorePlayer } from "./score-player";
import { createVibration } from "./vibration";

export interface Sounds {
  /** Rings on the callee's device, and makes a phone vibrate, until another sound or `stop`. */
  ringtone(): void;
  /** Lets the caller hear that it rings, until another sound or `stop`. */
  ringback(): void;
  /** Says that the other person is in another call. */
  busy(): void;
  /** Says that the call is over. */
  end(): void;
  /** Lets somebody on hold hear that the call is still there, until another sound or `stop`. */
  hold(): void;
  /** Says in a call that another one waits, until another sound or `stop`. */
  waiting(): void;
  stop(): void;
  /** Stops and gives the audio device back. */
  destroy(): void;
}

/** How the sounds are made. */
export interface SoundOptions {
  /**
   * The address of a file that is played instead of ringtone and ringback. If it cannot be played, they are. The
   * vendors' documents name it for the caller, their SDK plays it on both sides.
   */
  ringtone?: string | undefined;
  /** The page's window; the global one if none is given. */
  window?: (Window & typeof globalThis) | undefined;
}

export function createSounds(options: SoundOptions = {}): Sounds {
  const window = options.window ?? globalThis.window;
  const scores = createScorePlayer(window);
  const vibration = createVibration(window);
  let file = options.ringtone === undefined ? undefined : createFilePlayer(window, options.ringtone);
  let again: (() => void) | undefined;

  const stop = () => {
    again = undefined;
    scores.stop();
    file?.stop();
    vibration.stop();
  };

  const ring = (score: Score) => {
    again = undefined;
    if (!file) {
      scores.play(score);
      return;
    }
    scores.stop();
    file.play((refusal) => {
      // Not the right sound, but one at once: the player of scores is allowed where a file that nobody touched is not.
      scores.play(score);
      if (refusal === "broken") file = undefined;
      else again = () => ring(score);
    });
  };

  const forget = onGesture(window, () => {
    scores.unlock();
    vibration.unlock();
    again?.();
  });

  return {
    ringtone() {
      stop();
      ring(RINGTONE);
      vibration.start();
    },
    ringback() {
      stop();
      ring(RINGBACK);
    },
    busy() {
      stop();
      scores.play(BUSY);
    },
    end() {
      stop();
      scores.play(END);
    },
    hold() {
      stop();
      scores.play(HOLD);
    },
    waiting() {
      stop();
      scores.play(WAITING);
    },
    stop,
    destroy() {
      stop();
      forget();
      scores.close();
    },
  };
}
