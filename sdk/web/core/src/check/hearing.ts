/** Whether this page gets a microphone that hears something. */
import type { CheckResult } from "./types";

/** For how long it is listened to, in milliseconds; a quiet room has noise enough. */
const LISTENED_FOR = 1_000;
/** The peak below which nothing is heard at all: a tenth of the smallest step of 16 bits. A switched-off microphone has
 * zeros. */
const SILENCE = 3e-6;

export interface Hearing {
  microphone: CheckResult["microphone"];
  /** Open until it is stopped. */
  track: MediaStreamTrack | null;
}

export async function tryMicrophone(window: Window & typeof globalThis): Promise<Hearing> {
  try {
    const stream = await window.navigator.mediaDevices.getUserMedia({ audio: true });
    const track = stream.getAudioTracks()[0] ?? null;
    if (!track) return { microphone: "missing", track };
    const isSilent = track.muted || (await peakOf(window, stream)) < SILENCE;
    return { microphone: isSilent ? "silent" : "works", track };
  } catch (error) {
    const name = (error as { name?: string } | null)?.name;
    return { microphone: name === "NotFoundError" ? "missing" : "blocked", track: null };
  }
}

/** The loudest that is heard; 1 where the browser does not let the page listen before it was touched. */
async function peakOf(window: Window & typeof globalThis, stream: MediaStream): Promise<number> {
  const context = new window.AudioContext();
  try {
    const analyser = context.createAnalyser();
    context.createMediaStreamSource(stream).connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    const until = window.performance.now() + LISTENED_FOR;
    let peak = 0;
    while (window.performance.now() < until && peak < SILENCE) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      analyser.getFloatTimeDomainData(samples);
      peak = samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), peak);
    }
    return context.state === "running" ? peak : 1;
  } finally {
    void context.close();
  }
}
