/**
 * Plays scores on the page's audio device.
 *
 * A looped score is one buffer in a loop and needs no timer, so that a tab in the background, whose timers the browser
 * slows down, rings as evenly as one in front.
 */
import { wasTouched } from "./gesture";
import { render, type Score } from "./score";

export interface ScorePlayer {
  /** Plays the score instead of what plays now. */
  play(score: Score): void;
  stop(): void;
  /** To be called in a gesture: lets the audio device start, and a looped score with it. */
  unlock(): void;
  /** Gives the audio device back. */
  close(): void;
}

/** Samples per second: twice the highest overtone and some, a fourth of the work of 96 kHz. */
const RATE = 24_000;

export function createScorePlayer(window: Window & typeof globalThis): ScorePlayer {
  const buffers = new Map<Score, AudioBuffer>();
  let context: AudioContext | undefined;
  let wanted: Score | undefined;
  let source: AudioBufferSourceNode | undefined;

  const silence = () => {
    wanted = undefined;
    source?.stop();
    source = undefined;
  };
  const stop = () => {
    silence();
    rest();
  };

  /** An audio device that nobody needs is put to sleep; it costs power even in silence. */
  const rest = () => {
    if (!wanted && context?.state === "running") void context.suspend();
  };

  const start = () => {
    if (!context || !wanted || source) return;
    const score = wanted;
    const playing = context.createBufferSource();
    playing.buffer = bufferOf(context, score);
    playing.loop = score.looped;
    playing.connect(context.destination);
    playing.onended = () => {
      if (source === playing) stop();
    };
    playing.start();
    source = playing;
  };

  const bufferOf = (device: AudioContext, score: Score) => {
    let buffer = buffers.get(score);
    if (!buffer) {
      const samples = render(score, RATE);
      buffer = device.createBuffer(1, samples.length, RATE);
      buffer.copyToChannel(samples, 0);
      buffers.set(score, buffer);
    }
    return buffer;
  };

  /**
   * Wakes the device up; where the browser does not allow it yet, the promise stays open until a later attempt. Asked
   * for even if it seems to be running, because it may be about to fall asleep.
   */
  const wake = () => {
    try {
      context ??= new window.AudioContext({ latencyHint: "playback" });
    } catch {
      // No audio device, or too many of them in use: the call goes on without a ringtone.
      return;
    }
    context.resume().then(rest, () => {});
  };

  return {
    stop,
    play(score) {
      silence();
      wanted = score;
      // A device that is made before the first gesture cannot start, and the browser complains in the console.
      if (!context && !wasTouched(window)) return;
      wake();
      start();
    },
    unlock() {
      if (wanted && !wanted.looped && context?.state !== "running") stop();
      // Made in a gesture even if nothing is to be played: iOS never lets one start that was made outside of it.
      if (context && !wanted) return;
      wake();
      start();
    },
    close() {
      stop();
      void context?.close();
      context = undefined;
    },
  };
}
