/** Where the other sides are heard: for each an audio element that is not part of the page, all on one speaker. */
import { onGesture } from "../sound/gesture";

export interface Speaker {
  /** Plays until what it returns is called. */
  play(track: MediaStreamTrack): () => void;
  /** The microphone is open, or the page was touched: tries again what the browser has blocked. */
  mayPlay(): void;
  /** 0 to 1. iOS leaves the volume to its buttons. */
  setVolume(volume: number): void;
  /** Plays on this one from now on; an empty id means the system's default. */
  choose(id: string): void;
  chosen(): string | undefined;
  /** Stops everything. */
  stop(): void;
  readonly canChoose: boolean;
}

type Player = HTMLAudioElement & { setSinkId?: (id: string) => Promise<void> };

export interface SpeakerEvents {
  /** Whether the browser plays nothing until the page is touched. */
  blocked(isBlocked: boolean): void;
  /** Another speaker is in use. */
  switched(): void;
}

export function createSpeaker(window: Window & typeof globalThis, events: SpeakerEvents): Speaker {
  const players = new Set<Player>();
  const blocked = new Set<Player>();
  let volume = 1;
  let id: string | undefined;
  let stopWaiting: (() => void) | undefined;

  function start(player: Player): void {
    Promise.resolve(player.play()).then(
      () => setBlocked(player, false),
      (error: unknown) => {
        // A track that was replaced meanwhile aborts the first try; the next one is on its way.
        if ((error as { name?: string } | null)?.name === "NotAllowedError") setBlocked(player, true);
      },
    );
  }

  function setBlocked(player: Player, isBlocked: boolean): void {
    const wasBlocked = blocked.size > 0;
    if (isBlocked && players.has(player)) blocked.add(player);
    else blocked.delete(player);
    const isNow = blocked.size > 0;
    if (isNow === wasBlocked) return;
    stopWaiting?.();
    stopWaiting = isNow ? onGesture(window, tryAgain) : undefined;
    events.blocked(isNow);
  }

  function tryAgain(): void {
    for (const player of blocked) start(player);
  }

  function stopPlayer(player: Player): void {
    player.pause();
    player.srcObject = null;
    players.delete(player);
    setBlocked(player, false);
  }

  return {
    play(track) {
      const player: Player = window.document.createElement("audio");
      players.add(player);
      player.autoplay = true;
      // Without it iOS opens its own player over the page.
      player.setAttribute("playsinline", "");
      player.volume = volume;
      player.srcObject = new MediaStream([track]);
      if (id) player.setSinkId?.(id).catch(() => {});
      start(player);
      return () => stopPlayer(player);
    },
    mayPlay: tryAgain,
    setVolume(value) {
      volume = Math.min(1, Math.max(0, value));
      for (const player of players) player.volume = volume;
    },
    choose(next) {
      // One that does not play proves that the speaker is there, also while nobody is heard.
      const all = [...players, window.document.createElement("audio") as Player];
      Promise.all(all.map((player) => player.setSinkId?.(next))).then(
        () => {
          id = next;
          events.switched();
        },
        // The speaker went away, or the person refused it: the old one goes on.
        () => {},
      );
    },
    chosen: () => id,
    stop() {
      for (const player of [...players]) stopPlayer(player);
    },
    canChoose: "setSinkId" in window.HTMLMediaElement.prototype,
  };
}
