/**
 * The microphone: opened when a call needs it, switched while it is open, and given back with its light off.
 *
 * A microphone that goes away in mid-call (unplugged, taken by a phone call) is replaced by the system's default one.
 */

export interface MicrophoneEvents {
  /** It is open and hears; also after it was switched. */
  opened(track: MediaStreamTrack): void;
  /** It is refused, missing, or went away and has no successor. */
  failed(error: unknown): void;
}

export interface Microphone {
  open(): void;
  close(): void;
  /** Whether what it hears leaves this page. */
  setLive(live: boolean): void;
  /** Uses this one from now on; an id that is not there any more means the system's default. */
  choose(id: string): void;
  /** The id of the one in use. */
  chosen(): string | undefined;
  track(): MediaStreamTrack | null;
}

export function createMicrophone(devices: MediaDevices, events: MicrophoneEvents): Microphone {
  let wanted = false;
  let live = false;
  let id: string | undefined;
  let track: MediaStreamTrack | null = null;
  /** Counts the requests: only the answer to the last one is taken. */
  let request = 0;

  function ask(): void {
    request += 1;
    const mine = request;
    const isWanted = () => wanted && mine === request;
    devices
      .getUserMedia({ audio: constraints(id) })
      .catch((error: unknown) => {
        if (!isMissing(error) || id === undefined) throw error;
        id = undefined;
        return devices.getUserMedia({ audio: constraints(undefined) });
      })
      .then(
        (stream) => (isWanted() ? take(stream) : stop(stream.getTracks())),
        (error: unknown) => {
          // One that cannot be switched to leaves the old one in use.
          if (isWanted() && track === null) events.failed(error);
        },
      );
  }

  function take(stream: MediaStream): void {
    const next = stream.getAudioTracks()[0];
    if (!next) return events.failed(new Error("a stream without audio"));
    release();
    track = next;
    next.enabled = live;
    next.addEventListener("ended", () => {
      if (track !== next) return;
      release();
      id = undefined;
      ask();
    });
    events.opened(next);
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
      live = false;
      request += 1;
      release();
    },
    setLive(value) {
      live = value;
      if (track) track.enabled = live;
    },
    choose(next) {
      id = next;
      if (wanted) ask();
    },
    chosen: () => track?.getSettings?.().deviceId ?? id,
    track: () => track,
  };
}

function constraints(id: string | undefined): MediaTrackConstraints {
  return {
    echoCancellation: true,
    noiseSuppression: true,
    autoGainControl: true,
    ...(id === undefined ? {} : { deviceId: { exact: id } }),
  };
}

function isMissing(error: unknown): boolean {
  const name = (error as { name?: string } | null)?.name;
  return name === "OverconstrainedError" || name === "NotFoundError";
}

function stop(tracks: MediaStreamTrack[]): void {
  for (const track of tracks) track.stop();
}
