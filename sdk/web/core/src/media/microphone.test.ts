import { describe, expect, it } from "vitest";
import { createMicrophone } from "./microphone";

/** A browser's microphones, answering when the test says so. */
function fakeDevices() {
  const asked: { id: string | undefined; give(): FakeTrack; refuse(name: string): void }[] = [];
  const getUserMedia = ({ audio }: MediaStreamConstraints) =>
    new Promise<MediaStream>((resolve, reject) => {
      const id = (audio as { deviceId?: { exact: string } }).deviceId?.exact;
      asked.push({
        id,
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
  enabled = true;
  stopped = false;
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
  it("hears nothing until it is live", async () => {
    const { microphone, news, ask } = opened();
    microphone.open();
    const track = (await ask(0)).give();
    await settled();
    expect(news).toEqual(["opened"]);
    expect(track.enabled).toBe(false);
    microphone.setLive(true);
    expect(track.enabled).toBe(true);
  });

  it("is given back when the call is over, also when the browser gives it too late", async () => {
    const { microphone, news, ask } = opened();
    microphone.open();
    const late = await ask(0);
    microphone.close();
    const track = late.give();
    await settled();
    expect(track.stopped).toBe(true);
    expect(news).toEqual([]);
    expect(microphone.track()).toBeNull();
  });

  it("is replaced by the default one when it goes away, and stays as live as it was", async () => {
    const { microphone, news, asked, ask } = opened();
    microphone.choose("headset");
    microphone.open();
    const first = (await ask(0)).give();
    await settled();
    microphone.setLive(true);
    first.dispatchEvent(new Event("ended"));
    const second = (await ask(1)).give();
    await settled();
    expect(asked.map(({ id }) => id)).toEqual(["headset", undefined]);
    expect(news).toEqual(["opened", "opened"]);
    expect(second.enabled).toBe(true);
  });

  it("falls back to the default one when the chosen one is not there", async () => {
    const { microphone, news, asked, ask } = opened();
    microphone.choose("gone");
    microphone.open();
    (await ask(0)).refuse("OverconstrainedError");
    (await ask(1)).give();
    await settled();
    expect(asked.map(({ id }) => id)).toEqual(["gone", undefined]);
    expect(news).toEqual(["opened"]);
  });

  it("stays the old one when another cannot be had", async () => {
    const { microphone, news, ask } = opened();
    microphone.open();
    const track = (await ask(0)).give();
    await settled();
    microphone.choose("taken");
    (await ask(1)).refuse("NotReadableError");
    await settled();
    expect(news).toEqual(["opened"]);
    expect(track.stopped).toBe(false);
  });

  it("says when the person refuses it", async () => {
    const { microphone, news, ask } = opened();
    microphone.open();
    (await ask(0)).refuse("NotAllowedError");
    await settled();
    expect(news).toEqual(["failed"]);
  });
});
