/**
 * What the microphone sends into each call: one call hears it, all others hear silence.
 *
 * Each call has a copy of the microphone's track of its own, which is silent until the call is live. A copy that is
 * silent still sends packets, so that mute and hold do not look like a dead network to the relay; and no mistake in one
 * call can open the microphone into another, because each copy belongs to one call for good.
 */

export interface Voices {
  /** The microphone that is in use from now on. */
  use(microphone: MediaStreamTrack | null): void;
  /** Whether what the microphone hears is sent into this call. It is taken from any other call first. */
  setLive(callId: string, live: boolean): void;
  /** The call that is live. */
  live(): string | undefined;
  /** A call that sends with `send`. */
  add(callId: string, send: (track: MediaStreamTrack | null) => void): void;
  remove(callId: string): void;
}

interface Voice {
  track: MediaStreamTrack | null;
  send(track: MediaStreamTrack | null): void;
}

export function createVoices(): Voices {
  const voices = new Map<string, Voice>();
  let microphone: MediaStreamTrack | null = null;
  let live: string | undefined;

  function give(callId: string, voice: Voice): void {
    const old = voice.track;
    const track = microphone?.clone() ?? null;
    if (track) track.enabled = callId === live;
    voice.track = track;
    voice.send(track);
    old?.stop();
  }

  function setEnabled(callId: string | undefined, enabled: boolean): void {
    const track = callId === undefined ? undefined : voices.get(callId)?.track;
    if (track) track.enabled = enabled;
  }

  return {
    use(track) {
      microphone = track;
      for (const [callId, voice] of voices) give(callId, voice);
    },
    setLive(callId, isLive) {
      if (!isLive && live !== callId) return setEnabled(callId, false);
      setEnabled(live, false);
      live = isLive ? callId : undefined;
      setEnabled(live, true);
    },
    live: () => live,
    add(callId, send) {
      const voice: Voice = { track: null, send };
      voices.set(callId, voice);
      give(callId, voice);
    },
    remove(callId) {
      voices.get(callId)?.track?.stop();
      voices.delete(callId);
      if (live === callId) live = undefined;
    },
  };
}
