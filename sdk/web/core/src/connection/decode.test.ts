import { describe, expect, it } from "vitest";
import vectors from "../../../../../vectors/messages/server.json";
import { decodeServerFrame } from "./decode";

describe("every vector of the server is read as it is", () => {
  for (const { name, frame } of vectors)
    it(name, () => expect(decodeServerFrame(JSON.stringify(frame))).toEqual(frame));
});

it("fills in what may be left out", () => {
  const body = { type: "incoming", callId: "1", from: { cuid: "anita_1" }, context: "Hello", ringTimeout: 1 };
  const frame = decodeServerFrame(JSON.stringify({ type: "message", seq: 1, ack: 0, body }));
  expect(frame).toEqual({ type: "message", seq: 1, ack: 0, body: { ...body, images: {} } });
});

it("keeps fields that it does not know, and bodies whose type it does not know, for the numbering", () => {
  const frame = { type: "message", seq: 4, ack: 2, later: true, body: { type: "teleport", x: 1 } };
  expect(decodeServerFrame(JSON.stringify(frame))).toEqual(frame);
});

it("drops what is no frame", () => {
  const nonsense = [
    "",
    "{",
    "null",
    "7",
    "[]",
    "{}",
    '{"type":"later"}',
    '{"type":"ack","ack":-1}',
    '{"type":"ack","ack":"1"}',
    '{"type":"message","seq":1.5,"ack":0,"body":{"type":"x"}}',
    '{"type":"message","seq":1,"ack":0,"body":null}',
    '{"type":"welcome"}',
    '{"type":"refused"}',
    '{"type":"renew_refused"}',
    '{"type":"renewed","tokenExpiresAt":"soon"}',
  ];
  for (const text of nonsense) expect(decodeServerFrame(text), text).toBeUndefined();
});
