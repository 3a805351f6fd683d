/**
 * The sound of the calls: microphone, peers, speaker and what watches over them, behind the machine's few commands.
 *
 * Each call has peers of its own (`succession.ts`) and its own copy of the microphone's voice (`voices.ts`); microphone,
 * speaker and meter are the device's. `closePeer` and `closeMicrophone` leave nothing behind.
 */
import type { IceServer } from "../generated/protocol";
import type { AudioDevices } from "../screen/view";
import { type DeviceLists, listDevices } from "./devices";
import { createMeter } from "./meter";
import { createMicrophone } from "./microphone";
import { openPeer } from "./peer";
import { createSpeaker } from "./speaker";
import { createSuccession, type Succession } from "./succession";
import { createSwitchedNote } from "./switched";
import type { Media, MediaOptions, OwnNetwork, SoundState } from "./types";
import { createVoices } from "./voices";

interface CallSound {
  succession: Succession;
  poorNetwork: OwnNetwork;
  isHeard: boolean;
  /** What is heard of the other side, from the newest peer. */
  heard: MediaStreamTrack | null;
}

export function createMedia({ window, onEvent, onChange }: MediaOptions): Media {
  const mediaDevices = window.navigator.mediaDevices;
  const clock = () => window.performance.now();
  const calls = new Map<string, CallSound>();
  const voices = createVoices();
  const meter = createMeter(window);
  const switched = createSwitchedNote(onChange);
  const listening = new AbortController();
  let iceServers: IceServer[] = [];
  let lists: DeviceLists = { inputs: [], outputs: [] };
  let volume = 1;
  let blocked = false;
  let interrupted = false;
  /** Whether the machine waits for the microphone; a switch of devices is no news to it. */
  let asked = false;

  const microphone = createMicrophone(mediaDevices, {
    opened(track) {
      voices.use(track);
      meter.listen("input", track);
      speaker.mayPlay();
      if (asked) onEvent({ type: "microphone_opened" });
      asked = false;
      refreshDevices();
    },
    failed() {
      asked = false;
      voices.use(null);
      meter.listen("input", null);
      onEvent({ type: "microphone_failed" });
    },
    interrupted(isInterrupted) {
      if (interrupted === isInterrupted) return;
      interrupted = isInterrupted;
      onChange();
    },
    replaced: (label) => switched.tell({ kind: "input", label }),
  });

  const speaker = createSpeaker(window, {
    blocked(isBlocked) {
      blocked = isBlocked;
      onChange();
    },
    switched: onChange,
  });

  function refreshDevices(): void {
    void listDevices(mediaDevices).then((found) => {
      const before = lists;
      lists = found;
      followDevices(before);
      onChange();
    });
  }

  /** What was in use and has gone gives way to the system's default; browsers leave the speaker to us. */
  function followDevices(before: DeviceLists): void {
    const isGone = (list: "inputs" | "outputs", id: string | undefined) =>
      before[list].some((device) => device.id === id) && !lists[list].some((device) => device.id === id);
    if (isGone("inputs", microphone.chosen())) microphone.unplugged();
    if (isGone("outputs", speaker.chosen())) {
      speaker.choose("");
      switched.tell({ kind: "output", label: lists.outputs[0]?.label ?? "" });
    }
  }

  function soundOf(callId: string): CallSound {
    const known = calls.get(callId);
    if (known) return known;
    const succession = createSuccession((track, events) => openPeer(track, iceServers, events), clock, {
      offer: (sdp) => onEvent({ type: "offer", callId, sdp }),
      play(track) {
        sound.heard = track;
        listenToFront();
        return speaker.play(track);
      },
      lost: () => onEvent({ type: "media_lost", callId }),
      back: () => onEvent({ type: "media_back", callId }),
      report: (report) => onEvent({ type: "report", callId, report }),
      quality: (quality) => onEvent({ type: "quality", callId, quality }),
      poorNetwork(poor) {
        if (poor === sound.poorNetwork) return;
        sound.poorNetwork = poor;
        onChange();
      },
      heard(isHeard) {
        sound.isHeard = isHeard;
        onChange();
      },
    });
    const sound: CallSound = { succession, poorNetwork: "none", isHeard: false, heard: null };
    calls.set(callId, sound);
    voices.add(callId, succession.send);
    return sound;
  }

  /** The call that the person is in, as far as the sound tells: the live one, else the newest. */
  function front(): CallSound | undefined {
    return calls.get(voices.live() ?? "") ?? [...calls.values()].slice(-1)[0];
  }

  function listenToFront(): void {
    meter.listen("output", front()?.heard ?? null);
  }

  function closePeer(callId: string): void {
    const sound = calls.get(callId);
    if (!sound) return;
    calls.delete(callId);
    sound.succession.close();
    voices.remove(callId);
    listenToFront();
    if (sound.poorNetwork !== "none") onChange();
  }

  function hint(): void {
    for (const { succession } of calls.values()) succession.hint();
  }

  const { signal } = listening;
  const { connection } = window.navigator as { connection?: EventTarget };
  mediaDevices.addEventListener?.("devicechange", refreshDevices, { signal });
  window.addEventListener("online", hint, { signal });
  connection?.addEventListener?.("change", hint, { signal });

  return {
    openMicrophone() {
      asked = true;
      microphone.open();
    },
    closeMicrophone() {
      asked = false;
      const live = voices.live();
      if (live !== undefined) voices.setLive(live, false);
      voices.use(null);
      meter.listen("input", null);
      microphone.close();
    },
    setLive(callId, live) {
      voices.setLive(callId, live);
      listenToFront();
    },
    openPeer: (callId) => soundOf(callId).succession.open(),
    restartIce: (callId) => calls.get(callId)?.succession.restart(),
    acceptAnswer: (callId, sdp) => calls.get(callId)?.succession.accept(sdp),
    closePeer,
    setIceServers(servers) {
      iceServers = servers;
    },
    setVolume(value) {
      volume = value;
      speaker.setVolume(value);
      onChange();
    },
    chooseInput: microphone.choose,
    chooseOutput: speaker.choose,
    setNoiseSuppression(on) {
      microphone.suppressNoise(on);
      onChange();
    },
    play: speaker.mayPlay,
    levels: meter.levels,
    state() {
      const devices: AudioDevices = { ...lists, canChooseOutput: speaker.canChoose };
      const input = microphone.chosen();
      const output = speaker.chosen();
      if (input !== undefined) devices.input = input;
      if (output !== undefined) devices.output = output;
      const poorNetwork = front()?.poorNetwork ?? "none";
      const noiseSuppression = microphone.suppressesNoise();
      const state: SoundState = { devices, volume, poorNetwork, blocked, noiseSuppression };
      if (front()?.isHeard) state.peerHeard = true;
      if (interrupted) state.microphoneInterrupted = true;
      const device = switched.current();
      if (device) state.switched = device;
      return state;
    },
    destroy() {
      listening.abort();
      for (const callId of [...calls.keys()]) closePeer(callId);
      microphone.close();
      speaker.stop();
      meter.close();
      switched.clear();
    },
  };
}
