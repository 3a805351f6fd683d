import { beforeEach, describe, expect, it, vi } from "vitest";
import { createSounds, type Sounds } from "./sounds";

/** A browser's audio side: it remembers what is heard, and knows the autoplay rules. */
class Browser extends EventTarget {
  heard: string[] = [];
  touched = false;
  file: "works" | "missing" = "works";
  vibrations = 0;
  readonly DOMException = DOMException;
  readonly navigator: unknown;
  readonly AudioContext: unknown;
  readonly Audio: unknown;

  constructor() {
    super();
    const browser = this;
    this.navigator = {
      get userActivation() {
        return { hasBeenActive: browser.touched };
      },
      vibrate: (pattern: number | number[]) => {
        if (pattern !== 0) browser.vibrations += 1;
        return true;
      },
    };
    this.AudioContext = class {
      state = "suspended";
      destination = {};
      playing = new Set<string>();
      createBuffer = (_: number, length: number, rate: number) => ({ seconds: length / rate, copyToChannel() {} });
      createBufferSource = () => {
        const source = {
          buffer: { seconds: 0 },
          loop: false,
          connect() {},
          onended() {},
          start: () => {},
          stop: () => {},
        };
        const name = () => `${source.loop ? "loop" : "once"} ${source.buffer.seconds}`;
        source.start = () => {
          this.playing.add(name());
          if (this.state === "running") browser.heard.push(name());
        };
        source.stop = () => {
          if (!this.playing.delete(name())) return;
          if (this.state === "running") browser.heard.push("silence");
        };
        return source;
      };
      resume = () => {
        if (!browser.touched) return new Promise<void>(() => {});
        if (this.state !== "running") {
          this.state = "running";
          browser.heard.push(...this.playing);
        }
        return Promise.resolve();
      };
      suspend = () => {
        this.state = "suspended";
        return Promise.resolve();
      };
      close = () => Promise.resolve();
    };
    this.Audio = class {
      loop = false;
      currentTime = 0;
      constructor(readonly address: string) {}
      play = () => {
        if (!browser.touched) return Promise.reject(new DOMException("", "NotAllowedError"));
        if (browser.file === "missing") return Promise.reject(new DOMException("", "NotSupportedError"));
        browser.heard.push(`file ${this.address}`);
        return Promise.resolve();
      };
      pause = () => {
        if (browser.heard.slice(-1)[0]?.startsWith("file")) browser.heard.push("silence");
      };
    };
  }

  touch(): void {
    this.touched = true;
    this.dispatchEvent(new Event("pointerup"));
  }
}

const RINGTONE = "loop 3.6";
const RINGBACK = "loop 4";
const END = "once 0.75";
const HOLD = "loop 5";
const WAITING = "loop 4.5";

let browser: Browser;
const start = (ringtone?: string): Sounds =>
  createSounds({
    window: browser as unknown as Window & typeof globalThis,
    ...(ringtone === undefined ? {} : { ringtone }),
  });
/** Lets promises that have been settled be heard of. */
const settled = async () => {
  for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
};

beforeEach(() => {
  browser = new Browser();
});

describe("sounds", () => {
  it("ring at once on a page that has been touched", async () => {
    browser.touched = true;
    const sounds = start();
    sounds.ringback();
    await settled();
    sounds.stop();
    expect(browser.heard).toEqual([RINGBACK, "silence"]);
  });

  it("ring from the first gesture on where the browser wants one", async () => {
    const sounds = start();
    sounds.ringtone();
    expect(browser.heard).toEqual([]);
    browser.touch();
    await settled();
    expect(browser.heard).toEqual([RINGTONE]);
  });

  it("stay silent if it stopped ringing before the gesture", async () => {
    const sounds = start();
    sounds.ringtone();
    sounds.stop();
    browser.touch();
    await settled();
    expect(browser.heard).toEqual([]);
  });

  it("never play the end tone late", async () => {
    const sounds = start();
    sounds.end();
    browser.touch();
    await settled();
    expect(browser.heard).toEqual([]);
  });

  it("are one at a time", async () => {
    browser.touched = true;
    const sounds = start();
    sounds.ringback();
    await settled();
    sounds.end();
    await settled();
    expect(browser.heard).toEqual([RINGBACK, "silence", END]);
  });

  it("tell of hold and of a call that waits until that is over", async () => {
    browser.touched = true;
    const sounds = start();
    sounds.waiting();
    await settled();
    sounds.hold();
    await settled();
    sounds.stop();
    expect(browser.heard).toEqual([WAITING, "silence", HOLD, "silence"]);
  });

  it("go through a page that has no audio device", () => {
    Object.assign(browser, { AudioContext: undefined, touched: true });
    const sounds = start();
    expect(() => {
      sounds.ringtone();
      sounds.stop();
      sounds.destroy();
    }).not.toThrow();
  });

  it("forget the page when they are destroyed", async () => {
    const sounds = start();
    sounds.ringtone();
    sounds.destroy();
    browser.touch();
    await settled();
    expect(browser.heard).toEqual([]);
  });
});

describe("the app's own ringtone", () => {
  it("is heard by the caller and by the callee", async () => {
    browser.touched = true;
    const sounds = start("/ring.mp3");
    sounds.ringback();
    await settled();
    sounds.stop();
    sounds.ringtone();
    await settled();
    expect(browser.heard).toEqual(["file /ring.mp3", "silence", "file /ring.mp3"]);
  });

  it("gives way to the default one for good if it cannot be played", async () => {
    browser.touched = true;
    browser.file = "missing";
    const sounds = start("/ring.mp3");
    sounds.ringback();
    await settled();
    sounds.ringtone();
    await settled();
    expect(browser.heard).toEqual([RINGBACK, "silence", RINGTONE]);
  });

  it("takes over at the first gesture where the browser wants one", async () => {
    const sounds = start("/ring.mp3");
    sounds.ringtone();
    await settled();
    browser.touch();
    await settled();
    expect(browser.heard.slice(-1)[0]).toBe("file /ring.mp3");
    expect(
      browser.heard.filter((sound) => sound !== "silence").length -
        browser.heard.filter((sound) => sound === "silence").length,
    ).toBe(1);
  });
});

describe("vibration", () => {
  it("goes with the ringtone, from the first gesture until the stop", () => {
    vi.useFakeTimers();
    const sounds = start();
    sounds.ringtone();
    expect(browser.vibrations).toBe(0);
    browser.touch();
    expect(browser.vibrations).toBe(1);
    vi.advanceTimersByTime(3_600);
    expect(browser.vibrations).toBe(2);
    sounds.stop();
    vi.advanceTimersByTime(60_000);
    expect(browser.vibrations).toBe(2);
    vi.useRealTimers();
  });

  it("leaves the caller's phone alone", () => {
    browser.touched = true;
    start().ringback();
    expect(browser.vibrations).toBe(0);
  });
});
