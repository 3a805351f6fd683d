/** Where the other side is heard: an audio element that is not part of the page. */
import { onGesture } from "../sound/gesture";

export interface Speaker {
  play(track: MediaStreamTrack): void;
  stop(): void;
  /** The microphone is open, and pages that listen may play: tries again what the browser has blocked. */
  mayPlay(): void;
  /** 0 to 1. iOS leaves the volume to its buttons. */
  setVolume(volume: number): void;
  choose(id: string): void;
  chosen(): string | undefined;
  readonly canChoose: boolean;
}

type Sink = { setSinkId?: (id: string) => Promise<void> };

export interface SpeakerEvents {
  /** Whether the browser plays nothing until the page is touched. */
  blocked(isBlocked: boolean): void;
  /** Another speaker is in use. */
  switched(): void;
}

export function createSpeaker(window: Window & typeof globalThis, events: SpeakerEvents): Speaker {
  const element = window.document.createElement("audio");
  const sink = element as Sink;
  let id: string | undefined;
  let stopWaiting: (() => void) | undefined;
  element.autoplay = true;
  // Without it iOS opens its own player over the page.
  element.setAttribute("playsinline", "");

  function start(): void {
    if (!element.srcObject) return;
    Promise.resolve(element.play()).then(heard, (error: unknown) => {
      // A track that was replaced meanwhile aborts the first try; the next one is on its way.
      if ((error as { name?: string } | null)?.name !== "NotAllowedError") return;
      stopWaiting ??= onGesture(window, start);
      events.blocked(true);
    });
  }

  function heard(): void {
    if (!stopWaiting) return;
    stopWaiting();
    stopWaiting = undefined;
    events.blocked(false);
  }

  return {
    play(track) {
      element.srcObject = new MediaStream([track]);
      start();
    },
    stop() {
      element.pause();
      element.srcObject = null;
      heard();
    },
    mayPlay() {
      if (stopWaiting) start();
    },
    setVolume(volume) {
      element.volume = Math.min(1, Math.max(0, volume));
    },
    choose(next) {
      sink.setSinkId?.(next).then(
        () => {
          id = next;
          events.switched();
        },
        // The speaker went away, or the person refused it: the old one goes on.
        () => {},
      );
    },
    chosen: () => id,
    canChoose: typeof sink.setSinkId === "function",
  };
}
