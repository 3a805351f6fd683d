/**
 * What the account's calls do at this moment: told by the server as it happens, or asked for where that cannot be.
 *
 * A browser opens six connections at most to a server without HTTP/2, over all its tabs; a stream holds one for as
 * long as it is open. Therefore a tab that nobody sees has none.
 */
import { useEffect, useRef, useState } from "react";
import { accountPath, address, api } from "../api/client";
import type { LiveCall } from "../generated/api";

/** How the page learns of changes. */
export type StreamState = "opening" | "live" | "polling";

export interface AccountStream {
  readonly state: StreamState;
  /** None until they are known. */
  readonly calls: readonly LiveCall[] | null;
}

/** Shorter: more load on a server that has trouble already; longer: figures that nobody would call real time. */
export const POLL_EVERY = 15_000;

/** `ended` is told when calls have ended or may have; it may be told without need. */
export function useAccountStream(accountId: string, ended: () => void): AccountStream {
  const [stream, setStream] = useState<AccountStream>({ state: "opening", calls: null });
  const told = useRef(ended);
  useEffect(() => {
    told.current = ended;
  });
  useEffect(() => {
    setStream({ state: "opening", calls: null });
    const open = () =>
      watchAccount(
        {
          open: () => new EventSource(address(accountPath(accountId, "stream"))),
          live: () => api<LiveCall[]>("GET", accountPath(accountId, "calls", "live")),
        },
        {
          state: (state) => setStream((before) => ({ ...before, state })),
          calls: (calls) => setStream((before) => ({ ...before, calls })),
          ended: () => told.current(),
        },
      );
    return whileSeen(open, () => told.current());
  }, [accountId]);
  return stream;
}

/** What {@link watchAccount} needs of an EventSource. */
export interface Source {
  readonly readyState: number;
  addEventListener(type: string, listener: (event: { readonly data?: unknown }) => void): void;
  close(): void;
}

export interface Door {
  open(): Source;
  /** The calls that run now, for want of a stream. */
  live(): Promise<LiveCall[]>;
}

export interface Heard {
  state(state: StreamState): void;
  calls(calls: readonly LiveCall[]): void;
  ended(): void;
}

const CLOSED = 2;

/** Listens until the returned function is called. While the stream is broken, it asks again and again instead. */
export function watchAccount(door: Door, heard: Heard): () => void {
  let source: Source;
  let timer: ReturnType<typeof setInterval> | undefined;
  let over = false;

  const connect = () => {
    const opened = door.open();
    source = opened;
    opened.addEventListener("open", () => {
      const missed = timer !== undefined;
      clearInterval(timer);
      timer = undefined;
      heard.state("live");
      // Whatever ended between the last poll and the stream's return was told to nobody.
      if (missed) heard.ended();
    });
    opened.addEventListener("live", ({ data }) => {
      const calls = callsOf(data);
      if (calls !== null) heard.calls(calls);
    });
    opened.addEventListener("ended", () => heard.ended());
    opened.addEventListener("error", () => {
      if (timer !== undefined || over) return;
      heard.state("polling");
      timer = setInterval(poll, POLL_EVERY);
      poll();
    });
  };

  const poll = () => {
    heard.ended();
    door.live().then(
      (calls) => {
        if (!over && timer !== undefined) heard.calls(calls);
      },
      // The next poll tries again; the page's own queries say what is wrong.
      () => undefined,
    );
    // The browser comes back by itself after a lost connection, but not after an answer that is no stream.
    if (source.readyState === CLOSED) connect();
  };

  connect();
  return () => {
    over = true;
    clearInterval(timer);
    source.close();
  };
}

function callsOf(data: unknown): LiveCall[] | null {
  try {
    const calls: unknown = JSON.parse(String(data));
    return Array.isArray(calls) ? (calls as LiveCall[]) : null;
  } catch {
    return null;
  }
}

/** Holds what `open` opens for as long as the tab is seen, and says when it is seen again. */
function whileSeen(open: () => () => void, again: () => void): () => void {
  let close = document.hidden ? undefined : open();
  const turn = () => {
    close?.();
    close = document.hidden ? undefined : open();
    if (!document.hidden) again();
  };
  document.addEventListener("visibilitychange", turn);
  return () => {
    document.removeEventListener("visibilitychange", turn);
    close?.();
  };
}
