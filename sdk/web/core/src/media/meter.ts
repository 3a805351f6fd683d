/**
 * How loud both sides are, for as long as somebody looks.
 *
 * The audio device that this needs is opened by the first look and given back when nobody has looked for a while.
 * Systems put it to sleep (a phone call on iOS, a page in the background): it is woken by the next look, and where that
 * needs a gesture, by the next one.
 */
import type { Levels } from "../screen/view";
import { onGesture } from "../sound/gesture";

/** How long after the last look the device is given back, in milliseconds. */
const RESTS_AFTER = 2_000;
/** Samples of one look: a tenth of a second at 48 kHz holds 4,800, and looks ten times a second miss little of it. */
const WINDOW = 4_096;

export interface Meter {
  listen(side: keyof Levels, track: MediaStreamTrack | null): void;
  levels(): Levels;
  close(): void;
}

interface Ear {
  source: MediaStreamAudioSourceNode;
  analyser: AnalyserNode;
}

export function createMeter(window: Window & typeof globalThis): Meter {
  const tracks: Record<keyof Levels, MediaStreamTrack | null> = { input: null, output: null };
  const ears: Partial<Record<keyof Levels, Ear>> = {};
  const samples = new Float32Array(WINDOW);
  let context: AudioContext | undefined;
  let forget: (() => void) | undefined;
  let resting: ReturnType<typeof setTimeout> | undefined;

  function wake(): void {
    if (context && context.state !== "running" && context.state !== "closed") context.resume().catch(() => {});
  }

  function open(): void {
    if (context) return;
    try {
      context = new window.AudioContext();
    } catch {
      // No audio device, or too many of them in use: a meter that shows nothing.
      return;
    }
    forget = onGesture(window, wake);
    for (const side of ["input", "output"] as const) attach(side);
  }

  function attach(side: keyof Levels): void {
    ears[side]?.source.disconnect();
    delete ears[side];
    const track = tracks[side];
    if (!context || !track) return;
    const analyser = context.createAnalyser();
    analyser.fftSize = WINDOW;
    const source = context.createMediaStreamSource(new MediaStream([track]));
    source.connect(analyser);
    ears[side] = { source, analyser };
  }

  function read(side: keyof Levels): number {
    const ear = ears[side];
    if (!ear || context?.state !== "running") return 0;
    ear.analyser.getFloatTimeDomainData(samples);
    return samples.reduce((peak, sample) => Math.max(peak, Math.min(1, Math.abs(sample))), 0);
  }

  function close(): void {
    clearTimeout(resting);
    forget?.();
    for (const side of ["input", "output"] as const) {
      ears[side]?.source.disconnect();
      delete ears[side];
    }
    context?.close().catch(() => {});
    context = forget = undefined;
  }

  return {
    listen(side, track) {
      if (tracks[side] === track) return;
      tracks[side] = track;
      attach(side);
    },
    levels() {
      clearTimeout(resting);
      resting = setTimeout(close, RESTS_AFTER);
      open();
      wake();
      return { input: read("input"), output: read("output") };
    },
    close,
  };
}
