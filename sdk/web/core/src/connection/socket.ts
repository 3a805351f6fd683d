/** One WebSocket at a time, as the session machine wants it: text in and out, and an end that is told once. */
import type { ClientFrame, ServerFrame } from "../generated/protocol";
import { decodeServerFrame } from "./decode";

export interface SocketEvents {
  opened(): void;
  frame(frame: ServerFrame): void;
  /** Closed by the other end or by the network; never after `close`. */
  closed(): void;
}

export interface Socket {
  open(): void;
  send(frame: ClientFrame): void;
  close(): void;
}

/** Sockets to `url`, one after the other. */
export function createSocket(window: Window & typeof globalThis, url: string, events: SocketEvents): Socket {
  let current: WebSocket | undefined;

  function open(): void {
    close();
    const socket = new window.WebSocket(url);
    current = socket;
    // What a socket says after it was replaced concerns nobody.
    const ifCurrent = (act: () => void) => () => {
      if (current === socket) act();
    };
    socket.onopen = ifCurrent(events.opened);
    socket.onclose = ifCurrent(() => {
      current = undefined;
      events.closed();
    });
    socket.onmessage = ({ data }) => {
      const frame = current === socket && typeof data === "string" ? decodeServerFrame(data) : undefined;
      if (frame) events.frame(frame);
    };
  }

  function close(): void {
    const socket = current;
    current = undefined;
    socket?.close();
  }

  return {
    open,
    send(frame) {
      if (current?.readyState === 1) current.send(JSON.stringify(frame));
    },
    close,
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
