import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { createSpeaker } from "./speaker";

/** A page that may not play before it was touched, with the players that were made on it. */
class Page extends EventTarget {
  touched = false;
  players: FakePlayer[] = [];
  speakers = ["", "headset"];
  readonly HTMLMediaElement = class {
    setSinkId() {}
  };
  readonly document = {
    createElement: () => {
      const player = new FakePlayer(this);
      this.players.push(player);
      return player;
    },
  };
  touch() {
    this.touched = true;
    this.dispatchEvent(new Event("pointerup"));
  }
  audible = () => this.players.filter(({ isPlaying }) => isPlaying).map(({ voice }) => voice);
}

class FakePlayer {
  autoplay = false;
  volume = 1;
  srcObject: { voice: string } | null = null;
  isPlaying = false;
  sink = "";
  constructor(readonly page: Page) {}
  get voice() {
    return this.srcObject?.voice;
  }
  setAttribute() {}
  async play() {
    if (!this.page.touched) throw new DOMException("", "NotAllowedError");
    this.isPlaying = this.srcObject !== null;
  }
  pause() {
    this.isPlaying = false;
  }
  async setSinkId(id: string) {
    if (!this.page.speakers.includes(id)) throw new DOMException("", "NotFoundError");
    this.sink = id;
  }
}

let page: Page;
let news: string[];
const settled = () => new Promise((resolve) => setTimeout(resolve));
const voice = (name: string) => name as unknown as MediaStreamTrack;

function start() {
  return createSpeaker(page as unknown as Window & typeof globalThis, {
    blocked: (is) => news.push(is ? "blocked" : "free"),
    switched: () => news.push("switched"),
  });
}

beforeEach(() => {
  [page, news] = [new Page(), []];
  vi.stubGlobal(
    "MediaStream",
    class {
      voice: string;
      constructor([track]: [string]) {
        this.voice = track;
      }
    },
  );
});
afterEach(() => vi.unstubAllGlobals());

it("plays old and new peer beside each other, and each until it is stopped", async () => {
  page.touched = true;
  const speaker = start();
  const stopOld = speaker.play(voice("old"));
  speaker.play(voice("new"));
  await settled();
  expect(page.audible()).toEqual(["old", "new"]);
  stopOld();
  expect(page.audible()).toEqual(["new"]);
});

it("says once that it is blocked, and plays everything with the next gesture", async () => {
  const speaker = start();
  speaker.play(voice("one"));
  speaker.play(voice("other"));
  await settled();
  expect(news).toEqual(["blocked"]);
  page.touch();
  await settled();
  expect(page.audible()).toEqual(["one", "other"]);
  expect(news).toEqual(["blocked", "free"]);
});

it("is not blocked any more when the call is over", async () => {
  const speaker = start();
  const stop = speaker.play(voice("one"));
  await settled();
  stop();
  expect(news).toEqual(["blocked", "free"]);
  page.touch();
  await settled();
  expect(page.audible()).toEqual([]);
});

it("plays on the chosen speaker with the chosen volume, also what comes later", async () => {
  page.touched = true;
  const speaker = start();
  speaker.play(voice("one"));
  speaker.choose("headset");
  speaker.setVolume(0.3);
  await settled();
  speaker.play(voice("other"));
  const playing = page.players.filter((player) => player.voice);
  expect(playing.map(({ sink, volume }) => [sink, volume])).toEqual([
    ["headset", 0.3],
    ["headset", 0.3],
  ]);
  expect([speaker.chosen(), news]).toEqual(["headset", ["switched"]]);
});

it("stays on the old speaker when another cannot be had", async () => {
  const speaker = start();
  speaker.choose("gone");
  await settled();
  expect([speaker.chosen(), news]).toEqual([undefined, []]);
});
