import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { LIMITS } from "../generated/catalogue";
import type { Peer, PeerEvents } from "./peer";
import { createSuccession, type Succession } from "./succession";

/** A browser's peer on a network that the test moves. */
class FakePeer implements Peer {
  closed = false;
  reached = false;
  connection: RTCPeerConnectionState = "new";
  bytes = 0;
  packets = 0;
  answers: string[] = [];
  constructor(
    public track: MediaStreamTrack | null,
    readonly events: PeerEvents,
  ) {}
  accept(sdp: string) {
    this.answers.push(sdp);
  }
  send(track: MediaStreamTrack | null) {
    this.track = track;
  }
  restart() {
    this.events.offer("restart");
  }
  look = async () =>
    this.closed ? undefined : { bytes: this.bytes, packets: this.packets, connection: this.connection };
  counters = async () => ({
    received: this.packets,
    lost: 0,
    samples: this.packets * 960,
    concealed: 0,
    waited: 0,
    emitted: this.packets * 960,
    jitter: 0,
  });
  hasReached = () => this.reached;
  close() {
    this.closed = true;
  }
  /** It is up, and the relay is heard on it from now on. */
  comeUp() {
    this.reached = true;
    this.connection = "connected";
    this.events.changed("connected");
    this.events.remote(`voice ${peers.indexOf(this)}` as unknown as MediaStreamTrack);
  }
}

let peers: FakePeer[];
let told: string[];
let playing: string[];
let heard: boolean[];
let succession: Succession;
const peer = (index: number): FakePeer => {
  const found = peers[index];
  if (!found) throw new Error(`there are ${peers.length} peers`);
  return found;
};

/** Lets time pass; the relay speaks to those of `hearing`, 50 packets in a second. */
async function pass(milliseconds: number, ...hearing: FakePeer[]) {
  for (let step = 0; step < milliseconds; step += 20) {
    for (const one of hearing) {
      one.bytes += 100;
      one.packets += 1;
    }
    await vi.advanceTimersByTimeAsync(20);
  }
}

beforeEach(() => {
  vi.useFakeTimers();
  [peers, told, playing, heard] = [[], [], [], []];
  succession = createSuccession(
    (track, events) => {
      const made = new FakePeer(track, events);
      peers.push(made);
      return made;
    },
    () => Date.now(),
    {
      offer: (sdp) => told.push(`offer ${sdp}`),
      play(track) {
        playing.push(String(track));
        return () => {
          playing = playing.filter((one) => one !== String(track));
        };
      },
      lost: () => told.push("lost"),
      back: () => told.push("back"),
      report: () => told.push("report"),
      quality: () => {},
      poorNetwork: () => {},
      heard: (isHeard) => heard.push(isHeard),
    },
  );
});
afterEach(() => {
  succession.close();
  expect(
    peers.every(({ closed }) => closed),
    "every peer is closed in the end",
  ).toBe(true);
  expect(playing).toEqual([]);
  vi.useRealTimers();
});

/** A call whose path has just died, and a fresh peer that was asked for. */
async function deadWithSuccessor() {
  succession.open();
  peer(0).comeUp();
  await pass(500, peer(0));
  await pass(LIMITS.MEDIA_STALL + 100);
  expect(told.filter((news) => news !== "report")).toEqual(["back", "lost"]);
  succession.open();
  told = [];
}

it("keeps the old peer playing and sending until the new one is up, and then only for a moment", async () => {
  await deadWithSuccessor();
  expect(playing).toEqual(["voice 0"]);
  expect(peer(0).closed).toBe(false);
  peer(1).comeUp();
  await pass(20);
  expect(told).toContain("back");
  expect(playing).toEqual(["voice 0", "voice 1"]);
  await pass(300, peer(1));
  expect(playing).toEqual(["voice 1"]);
  expect(peer(0).closed).toBe(true);
  expect(told.filter((news) => news === "lost")).toEqual([]);
});

it("keeps the old peer if it comes back first, and drops the new one", async () => {
  await deadWithSuccessor();
  await pass(300, peer(0));
  expect(told).toContain("back");
  expect(peer(1).closed).toBe(true);
  expect(playing).toEqual(["voice 0"]);
});

it("goes on with the new peer when the relay knows it, even if the old one stirs again", async () => {
  await deadWithSuccessor();
  peer(1).reached = true;
  await pass(300, peer(0));
  expect(peer(1).closed).toBe(false);
  peer(1).comeUp();
  await pass(300, peer(1));
  expect(peer(0).closed).toBe(true);
});

it("does not keep an old peer for a new one that hears nobody", async () => {
  await deadWithSuccessor();
  peer(1).comeUp();
  for (let step = 0; step < 20; step += 1) {
    peer(1).bytes += 60;
    await pass(100);
  }
  expect(peer(0).closed).toBe(true);
  expect(told.filter((news) => news === "lost")).toEqual([]);
});

it("says so when the new peer comes to nothing either, and leaves the old one its chance", async () => {
  await deadWithSuccessor();
  peer(1).connection = "failed";
  peer(1).events.changed("failed");
  await pass(20);
  expect(told).toContain("lost");
  expect([peer(0).closed, peer(1).closed]).toEqual([false, true]);
});

it("puts a fresh peer in the place of one that never was up", async () => {
  succession.open();
  succession.open();
  expect(peer(0).closed).toBe(true);
  peer(1).comeUp();
  await pass(100, peer(1));
  expect(told).toContain("back");
});

it("sends the same on all peers, and gives the answer to the newest", async () => {
  const voice = "microphone" as unknown as MediaStreamTrack;
  succession.send(voice);
  await deadWithSuccessor();
  expect(peers.map(({ track }) => track)).toEqual([voice, voice]);
  succession.accept("answer");
  expect(peers.map(({ answers }) => answers.length)).toEqual([0, 1]);
  succession.send(null);
  expect(peers.map(({ track }) => track)).toEqual([null, null]);
});

it("reports once a second while something is sent", async () => {
  succession.open();
  peer(0).comeUp();
  await pass(5_000, peer(0));
  expect(told.filter((news) => news === "report")).toHaveLength(4);
});

it("knows whether anything comes from the other side, also from one peer to the next", async () => {
  await deadWithSuccessor();
  await pass(300);
  expect(heard).toEqual([true, false]);
  peer(1).comeUp();
  await pass(300, peer(1));
  expect(heard).toEqual([true, false, true]);
  for (let step = 0; step < 20; step += 1) {
    // The relay is there; of the other side there is nothing.
    peer(1).bytes += 60;
    await pass(100);
  }
  expect(heard).toEqual([true, false, true, false]);
  expect(told).not.toContain("lost");
});
