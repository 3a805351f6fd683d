/**
 * The WebSockets of a session, as its machine wants them: text in and out, and an end that is told once. One is in use;
 * a second one may be opened beside it and take its place.
 */
import type { ClientFrame, ServerFrame } from "../generated/protocol";
import { decodeServerFrame } from "./decode";

/** Which of the two, by the place that it has when something happens. */
export type Place = "in use" | "beside";

export interface SocketEvents {
  opened(place: Place): void;
  frame(frame: ServerFrame, place: Place): void;
  /** Closed by the other end or by the network; never after `close`. */
  closed(place: Place): void;
}

export interface Sockets {
  /** Opens one, in place of one that there is. */
  open(place: Place): void;
  send(frame: ClientFrame, place: Place): void;
  /** Closes the one beside, or with `all` both. */
  close(which: "beside" | "all"): void;
  /** The one beside is the one in use from now on. */
  change(): void;
}

/** Sockets to `url`. */
export function createSockets(window: Window & typeof globalThis, url: string, events: SocketEvents): Sockets {
  const sockets: Record<Place, WebSocket | undefined> = { "in use": undefined, beside: undefined };

  function open(place: Place): void {
    drop(place);
    const socket = new window.WebSocket(url);
    sockets[place] = socket;
    socket.onopen = () => ifKnown(socket, events.opened);
    socket.onclose = () =>
      ifKnown(socket, (where) => {
        sockets[where] = undefined;
        events.closed(where);
      });
    socket.onmessage = ({ data }) =>
      ifKnown(socket, (where) => {
        const frame = typeof data === "string" ? decodeServerFrame(data) : undefined;
        if (frame) events.frame(frame, where);
      });
  }

  /** What a socket says after it was replaced concerns nobody. */
  function ifKnown(socket: WebSocket, act: (place: Place) => void): void {
    if (sockets["in use"] === socket) act("in use");
    else if (sockets.beside === socket) act("beside");
  }

  function drop(place: Place): void {
    const socket = sockets[place];
    sockets[place] = undefined;
    socket?.close();
  }

  return {
    open,
    send(frame, place) {
      const socket = sockets[place];
      if (socket?.readyState === 1) socket.send(JSON.stringify(frame));
    },
    close(which) {
      drop("beside");
      if (which === "all") drop("in use");
    },
    change() {
      const next = sockets.beside;
      sockets.beside = undefined;
      drop("in use");
      sockets["in use"] = next;
    },
  };
}

/** The signalling address of the server at `server`, an http or https address. */
export function signalUrl(server: string): string {
  const url = new URL(server);
  url.protocol = url.protocol === "http:" ? "ws:" : "wss:";
  url.pathname = `${url.pathname.replace(/\/+$/, "")}/v1/signal`;
  url.search = url.hash = "";
  return url.href;
}
