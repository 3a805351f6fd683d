import { expect, it } from "vitest";
import { createVoices } from "./voices";

class FakeTrack {
  enabled = true;
  stopped = false;
  copies: FakeTrack[] = [];
  clone() {
    const copy = new FakeTrack();
    this.copies.push(copy);
    return copy;
  }
  stop() {
    this.stopped = true;
  }
}

/** Voices of one microphone, and what each call sends at the moment. */
function setUp() {
  const voices = createVoices();
  const microphone = new FakeTrack();
  const sent: Record<string, FakeTrack | null> = {};
  const add = (callId: string) =>
    voices.add(callId, (track) => {
      sent[callId] = track as unknown as FakeTrack | null;
    });
  const use = (track: FakeTrack | null) => voices.use(track as unknown as MediaStreamTrack | null);
  const heard = () => Object.keys(sent).filter((callId) => sent[callId]?.enabled && !sent[callId]?.stopped);
  return { voices, microphone, sent, add, use, heard };
}

it("lets nobody hear the microphone until a call is live, and sends silence meanwhile", () => {
  const { voices, microphone, sent, add, use, heard } = setUp();
  add("first");
  use(microphone);
  expect(sent.first).not.toBeNull();
  expect(heard()).toEqual([]);
  voices.setLive("first", true);
  expect(heard()).toEqual(["first"]);
  voices.setLive("first", false);
  expect(heard()).toEqual([]);
});

it("lets one call hear at a time, in whichever order calls are held and gone on with", () => {
  const { voices, microphone, add, use, heard } = setUp();
  use(microphone);
  add("first");
  add("second");
  voices.setLive("first", true);
  voices.setLive("second", true);
  expect(heard()).toEqual(["second"]);
  voices.setLive("first", false);
  expect(heard()).toEqual(["second"]);
});

it("keeps the live call live when the microphone is switched, and the others silent", () => {
  const { voices, microphone, sent, add, use, heard } = setUp();
  use(microphone);
  add("first");
  add("second");
  voices.setLive("first", true);
  const before = sent.first;
  use(new FakeTrack());
  expect(before?.stopped).toBe(true);
  expect(heard()).toEqual(["first"]);
});

it("keeps none of its copies open once the calls are over or the microphone is closed", () => {
  const { voices, microphone, sent, add, use } = setUp();
  use(microphone);
  add("first");
  add("second");
  voices.remove("first");
  use(null);
  expect(microphone.copies.every(({ stopped }) => stopped)).toBe(true);
  expect(sent.second).toBeNull();
});
