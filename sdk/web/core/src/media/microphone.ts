/**
 * The microphone: opened when a call needs it, switched while it is open, and given back with its light off.
 *
 * A microphone that goes away in mid-call (unplugged, or its permission withdrawn) is replaced by the system's default
 * one. One that the system only borrows, for a phone call say, is waited for: it speaks again by itself.
 */

export interface MicrophoneEvents {
  /** It is open and hears; also after it was switched. */
  opened(track: MediaStreamTrack): void;
  /** It is refused, missing, or went away and has no successor. */
  failed(error: unknown): void;
  /** The system has taken it away for a while, or has given it back. */
  interrupted(isInterrupted: boolean): void;
  /** The default one took the place of one that went away. */
  replaced(label: string): void;
}

export interface Microphone {
  open(): void;
  close(): void;
  /** Uses this one from now on; an id that is not there any more means the system's default. */
  choose(id: string): void;
  /** The one in use is not there any more. */
  unplugged(): void;
  /** Whether noise is taken out of what it hears. */
  suppressNoise(on: boolean): void;
  suppressesNoise(): boolean;
  /** The id of the one in use. */
  chosen(): string | undefined;
  track(): MediaStreamTrack | null;
}

export function createMicrophone(devices: MediaDevices, events: MicrophoneEvents): Microphone {
  let wanted = false;
  let id: string | undefined;
  let suppressing = true;
  let track: MediaStreamTrack | null = null;
  /** Counts the requests: only the answer to the last one is taken. */
  let request = 0;

  function ask(onOpened: (track: MediaStreamTrack) => void = () => {}, noise: "wish" | "demand" = "wish"): void {
    request += 1;
    const mine = request;
    const isWanted = () => wanted && mine === request;
    devices
      .getUserMedia({ audio: constraints(noise) })
      .catch((error: unknown) => {
        if (!isMissing(error) || id === undefined || noise === "demand") throw error;
        id = undefined;
        return devices.getUserMedia({ audio: constraints(noise) });
      })
      .then(
        (stream) => {
          if (!isWanted()) return stop(stream.getTracks());
          take(stream);
          if (track) onOpened(track);
        },
        (error: unknown) => {
          // One that cannot be switched to leaves the old one in use.
          if (isWanted() && track === null) events.failed(error);
        },
      );
  }

  function constraints(noise: "wish" | "demand"): MediaTrackConstraints {
    return {
      echoCancellation: true,
      noiseSuppression: noise === "demand" ? { exact: suppressing } : suppressing,
      autoGainControl: true,
      ...(id === undefined ? {} : { deviceId: { exact: id } }),
    };
  }

  function take(stream: MediaStream): void {
    const next = stream.getAudioTracks()[0];
    if (!next) return events.failed(new Error("a stream without audio"));
    release();
    track = next;
    const ifInUse = (act: () => void) => () => {
      if (track === next) act();
    };
    next.addEventListener("ended", ifInUse(replace));
    next.addEventListener(
      "mute",
      ifInUse(() => events.interrupted(true)),
    );
    next.addEventListener(
      "unmute",
      ifInUse(() => events.interrupted(false)),
    );
    events.interrupted(next.muted);
    events.opened(next);
  }

  function replace(): void {
    release();
    id = undefined;
    ask(({ label }) => events.replaced(label));
  }

  function release(): void {
    if (track) stop([track]);
    track = null;
  }

  return {
    open() {
      wanted = true;
      ask();
    },
    close() {
      wanted = false;
      request += 1;
      release();
      events.interrupted(false);
    },
    choose(next) {
      id = next;
      if (wanted) ask();
    },
    unplugged() {
      if (wanted) replace();
    },
    suppressNoise(on) {
      suppressing = on;
      const held = track;
      if (!held) return;
      const isDone = () => track !== held || held.getSettings().noiseSuppression === on;
      // Chromium agrees and changes nothing: the settings tell. Then the microphone is opened again; while it is open a
      // mere wish would get the same settings once more.
      held
        .applyConstraints({ ...held.getConstraints(), noiseSuppression: on })
        .catch(() => {})
        .then(() => {
          if (!isDone()) ask(() => {}, "demand");
        });
    },
    suppressesNoise: () => suppressing,
    chosen: () => track?.getSettings().deviceId ?? id,
    track: () => track,
  };
}

function isMissing(error: unknown): boolean {
  const name = (error as { name?: string } | null)?.name;
  return name === "OverconstrainedError" || name === "NotFoundError";
}

function stop(tracks: MediaStreamTrack[]): void {
  for (const track of tracks) track.stop();
}
