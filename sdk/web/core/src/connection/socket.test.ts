import { expect, it } from "vitest";
import { createSockets, type Place } from "./socket";

/** Sockets whose other ends are the test. */
function stage() {
  const made: FakeSocket[] = [];
  const log: string[] = [];
  class FakeSocket {
    readyState = 1;
    sent: string[] = [];
    isClosed = false;
    onopen: (() => void) | null = null;
    onclose: (() => void) | null = null;
    onmessage: ((event: { data: unknown }) => void) | null = null;
    constructor() {
      made.push(this);
    }
    send(text: string) {
      this.sent.push(text);
    }
    close() {
      this.isClosed = true;
    }
  }
  const window = { WebSocket: FakeSocket } as unknown as Window & typeof globalThis;
  const note = (what: string) => (place: Place) => void log.push(`${what} ${place}`);
  const sockets = createSockets(window, "wss://tring.example/v1/signal", {
    opened: note("opened"),
    frame: (frame, place) => void log.push(`${frame.type} ${place}`),
    closed: note("closed"),
  });
  return { sockets, made, log };
}

const PING = { data: JSON.stringify({ type: "ping" }) };

it("tells of each socket by its place, and of none that was replaced", () => {
  const { sockets, made, log } = stage();
  sockets.open("in use");
  sockets.open("beside");
  const [first, second] = made;
  second?.onopen?.();
  first?.onmessage?.(PING);
  second?.onmessage?.(PING);
  expect(log.splice(0)).toEqual(["opened beside", "ping in use", "ping beside"]);
  sockets.change();
  expect([first?.isClosed, second?.isClosed]).toEqual([true, false]);
  first?.onmessage?.(PING);
  first?.onclose?.();
  second?.onmessage?.(PING);
  second?.onmessage?.({ data: "no frame" });
  expect(log.splice(0)).toEqual(["ping in use"]);
  second?.onclose?.();
  expect(log).toEqual(["closed in use"]);
});

it("sends on the socket that is meant, and closes one or both", () => {
  const { sockets, made } = stage();
  sockets.open("in use");
  sockets.open("beside");
  const [first, second] = made;
  sockets.send({ type: "pong" }, "in use");
  sockets.send({ type: "leaving" }, "beside");
  expect([first?.sent, second?.sent]).toEqual([['{"type":"pong"}'], ['{"type":"leaving"}']]);
  sockets.close("beside");
  expect([first?.isClosed, second?.isClosed]).toEqual([false, true]);
  sockets.close("all");
  expect(first?.isClosed).toBe(true);
});
