/** Plays the app's own ringtone, over and over. */

/**
 * Why a file did not play: `blocked` by the browser until the person touches the page, or `broken`: not found, not a
 * sound, forbidden by the page.
 */
export type Refusal = "blocked" | "broken";

export interface FilePlayer {
  /** Plays from the start; `refused` is called at most once, and not after `stop`. */
  play(refused: (why: Refusal) => void): void;
  stop(): void;
}

export function createFilePlayer(window: Window & typeof globalThis, address: string): FilePlayer {
  let audio: HTMLAudioElement | undefined;
  let turn = 0;

  return {
    play(refused) {
      // Made when it is needed first: a page without calls does not load it.
      audio ??= new window.Audio(address);
      audio.loop = true;
      audio.currentTime = 0;
      turn += 1;
      const mine = turn;
      audio.play().catch((error: unknown) => {
        if (mine !== turn) return;
        refused(error instanceof window.DOMException && error.name === "NotAllowedError" ? "blocked" : "broken");
      });
    },
    stop() {
      turn += 1;
      audio?.pause();
    },
  };
}
