import { describe, expect, it } from "vitest";
import { createMicrophone } from "./microphone";

/** A browser's microphones, answering when the test says so. */
function fakeDevices() {
  const asked: {
    id: string | undefined;
    noiseSuppression: unknown;
    give(): FakeTrack;
    refuse(name: string): void;
  }[] = [];
  const getUserMedia = ({ audio }: MediaStreamConstraints) =>
    new Promise<MediaStream>((resolve, reject) => {
      const id = (audio as { deviceId?: { exact: string } }).deviceId?.exact;
      asked.push({
        id,
        noiseSuppression: (audio as MediaTrackConstraints).noiseSuppression,
        give() {
          const track = new FakeTrack();
          resolve({ getAudioTracks: () => [track], getTracks: () => [track] } as unknown as MediaStream);
          return track;
        },
        refuse: (name) => reject(Object.assign(new Error(name), { name })),
      });
    });
  return { asked, devices: { getUserMedia } as unknown as MediaDevices };
}

class FakeTrack extends EventTarget {
  label = "a microphone";
  muted = false;
  stopped = false;
  settings: MediaTrackSettings = { noiseSuppression: true };
  /** What the browser makes of new constraints. */
  obeys = true;
  getSettings = () => this.settings;
  getConstraints = () => ({});
  async applyConstraints({ noiseSuppression }: MediaTrackConstraints) {
    if (this.obeys) this.settings = { noiseSuppression: noiseSuppression === true };
  }
  stop() {
    this.stopped = true;
  }
}

function opened() {
  const { asked, devices } = fakeDevices();
  const news: string[] = [];
  const microphone = createMicrophone(devices, {
    opened: () => news.push("opened"),
    failed: () => news.push("failed"),
    interrupted: (is) => news.push(is ? "interrupted" : "uninterrupted"),
    replaced: (label) => news.push(`replaced by ${label}`),
  });
  const ask = async (index: number) => {
    await settled();
    const found = asked[index];
    if (!found) throw new Error(`the microphone was not asked for ${index + 1} times`);
    return found;
  };
  return { microphone, news, asked, ask };
}

const settled = () => new Promise((resolve) => setTimeout(resolve));

describe("the microphone", () => {
  it("is given back when the call is over, also when the browser gives it too late", async () => {
    const { microphone, news, ask } = opened();
    microphone.open();
    const late = await ask(0);
    microphone.close();
    const track = late.give();
    await settled();
    expect(track.stopped).toBe(true);
    expect(news).toEqual(["uninterrupted"]);
    expect(microphone.track()).toBeNull();
  });

  it("is replaced by the default one when it goes away", async () => {
    const { microphone, news, asked, ask } = opened();
    microphone.choose("headset");
    microphone.open();
    const first = (await ask(0)).give();
    await settled();
    first.dispatchEvent(new Event("ended"));
    (await ask(1)).give();
    await settled();
    expect(asked.map(({ id }) => id)).toEqual(["headset", undefined]);
    expect(first.stopped).toBe(true);
    expect(news).toEqual(["uninterrupted", "opened", "uninterrupted", "opened", "replaced by a microphone"]);
  });

  it("falls back to the default one when the chosen one is not there", async () => {
    const { microphone, news, asked, ask } = opened();
    microphone.choose("gone");
    microphone.open();
    (await ask(0)).refuse("OverconstrainedError");
    (await ask(1)).give();
    await settled();
    expect(asked.map(({ id }) => id)).toEqual(["gone", undefined]);
    expect(news).toContain("opened");
  });

  it("stays the old one when another cannot be had", async () => {
    const { microphone, news, ask } = opened();
    microphone.open();
    const track = (await ask(0)).give();
    await settled();
    microphone.choose("taken");
    (await ask(1)).refuse("NotReadableError");
    await settled();
    expect(news).toEqual(["uninterrupted", "opened"]);
    expect(track.stopped).toBe(false);
  });

  it("says when the person refuses it", async () => {
    const { microphone, news, ask } = opened();
    microphone.open();
    (await ask(0)).refuse("NotAllowedError");
    await settled();
    expect(news).toEqual(["failed"]);
  });

  it("is waited for while the system has it", async () => {
    const { microphone, news, asked, ask } = opened();
    microphone.open();
    const track = (await ask(0)).give();
    await settled();
    track.dispatchEvent(new Event("mute"));
    track.dispatchEvent(new Event("unmute"));
    expect(news).toEqual(["uninterrupted", "opened", "interrupted", "uninterrupted"]);
    expect(asked).toHaveLength(1);
  });

  it("changes its noise suppression where it is, or is opened again where the browser ignores that", async () => {
    const { microphone, asked, ask } = opened();
    microphone.open();
    const obedient = (await ask(0)).give();
    await settled();
    microphone.suppressNoise(false);
    await settled();
    expect(asked).toHaveLength(1);
    obedient.obeys = false;
    microphone.suppressNoise(true);
    await settled();
    const again = await ask(1);
    expect(again.noiseSuppression).toEqual({ exact: true });
    expect(obedient.stopped).toBe(false);
    again.give();
    await settled();
    expect(obedient.stopped).toBe(true);
  });
});
