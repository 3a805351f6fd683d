/**
 * The sound of a call: microphone, peer, speaker and what watches over them, behind the machine's few commands.
 *
 * Everything here belongs to one call at a time; `closePeer` and `closeMicrophone` leave nothing behind.
 */
import type { AudioDevices } from "../screen/view";
import { type DeviceLists, listDevices } from "./devices";
import { createMicrophone } from "./microphone";
import { openPeer, type Peer } from "./peer";
import { createQualityJudge } from "./quality";
import { createSpeaker } from "./speaker";
import { countersOf } from "./stats";
import type { Media, MediaOptions, PoorNetwork } from "./types";
import { createWatchdog } from "./watchdog";

export type { Media, MediaEvent, MediaOptions, SoundState } from "./types";

export function createMedia({ window, onEvent, onChange }: MediaOptions): Media {
  const mediaDevices = window.navigator.mediaDevices;
  const clock = () => window.performance.now();
  let peer: { callId: string; connection: Peer } | undefined;
  let lists: DeviceLists = { inputs: [], outputs: [] };
  let volume = 1;
  let poorNetwork: PoorNetwork = "none";
  let blocked = false;
  /** Whether the machine waits for the microphone; a switch of devices is no news to it. */
  let asked = false;

  const microphone = createMicrophone(mediaDevices, {
    opened(track) {
      peer?.connection.send(track);
      speaker.mayPlay();
      if (asked) onEvent({ type: "microphone_opened" });
      asked = false;
      refreshDevices();
    },
    failed() {
      asked = false;
      onEvent({ type: "microphone_failed" });
    },
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
      lists = found;
      onChange();
    });
  }

  function closePeer(): void {
    peer?.connection.close();
    peer = undefined;
    if (poorNetwork !== "none") {
      poorNetwork = "none";
      onChange();
    }
  }

  function open(callId: string): void {
    closePeer();
    const watchdog = createWatchdog(clock());
    const judge = createQualityJudge();
    const connection = openPeer(microphone.track(), {
      offer: (sdp) => onEvent({ type: "offer", callId, sdp }),
      remote: speaker.play,
      failed: () => onEvent({ type: "media_lost", callId }),
      sample(report, state) {
        const counters = countersOf(report);
        const news = watchdog.sample(clock(), { packets: counters.received, connection: state });
        if (news) onEvent({ type: news === "lost" ? "media_lost" : "media_back", callId });
        const verdict = judge.judge(clock(), counters);
        if (verdict === poorNetwork) return;
        poorNetwork = verdict;
        onChange();
      },
    });
    peer = { callId, connection };
  }

  mediaDevices.addEventListener?.("devicechange", refreshDevices);

  return {
    openMicrophone() {
      asked = true;
      microphone.open();
    },
    closeMicrophone() {
      asked = false;
      peer?.connection.send(null);
      microphone.close();
    },
    setLive: (_, live) => microphone.setLive(live),
    openPeer: open,
    restartIce: open,
    setIceServers() {},
    setNoiseSuppression() {},
    play: speaker.mayPlay,
    levels: () => ({ input: 0, output: 0 }),
    acceptAnswer(callId, sdp) {
      if (peer?.callId === callId) peer.connection.accept(sdp);
    },
    closePeer() {
      closePeer();
      speaker.stop();
    },
    setVolume(value) {
      volume = value;
      speaker.setVolume(value);
      onChange();
    },
    chooseInput(id) {
      microphone.choose(id);
    },
    chooseOutput(id) {
      speaker.choose(id);
    },
    state() {
      const devices: AudioDevices = { ...lists, canChooseOutput: speaker.canChoose };
      const input = microphone.chosen();
      const output = speaker.chosen();
      if (input !== undefined) devices.input = input;
      if (output !== undefined) devices.output = output;
      return { devices, volume, poorNetwork, blocked, noiseSuppression: true };
    },
    destroy() {
      mediaDevices.removeEventListener?.("devicechange", refreshDevices);
      closePeer();
      microphone.close();
      speaker.stop();
    },
  };
}
