/**
 * The peers of one call: the one in use, and for a moment the one that is to follow it.
 *
 * A fresh peer is opened beside the old one, which goes on playing and sending. Whichever works first is kept: the new
 * one as soon as it is up, unless the old one came back before the new one had reached the relay. What each hears is
 * played from the start; the relay speaks to one of them at a time, so that nothing is heard twice and nothing is lost.
 */
import { LIMITS } from "../generated/catalogue";
import type { LegReport } from "../generated/protocol";
import type { Look, Peer, PeerEvents } from "./peer";
import { createQualityJudge } from "./quality";
import { callQuality, deadSecond, legReport } from "./report";
import type { Counters } from "./stats";
import type { OwnNetwork, OwnQuality } from "./types";
import { createWatchdog, type Watchdog } from "./watchdog";

/** How often the peers are looked at, in milliseconds. Higher: a dead path is seen later by as much; lower: work. */
const LOOK_EVERY = 100;
/** How long a peer that has a successor stays while the successor hears nothing, in milliseconds. What is still on its
 * way arrives within this; a silent other side must not keep it. */
const LEAVES_AFTER = 1_000;
/** For how long the last packet of the other side says that they are heard, in milliseconds. Higher: that they fell
 * silent is known later; lower: the pauses in which some encoders send little would count as silence. */
const HEARD_FOR = 1_000;

export interface SuccessionEvents {
  offer(sdp: string): void;
  /** A track to be played until what it returns is called. */
  play(track: MediaStreamTrack): () => void;
  lost(): void;
  back(): void;
  report(report: LegReport): void;
  quality(quality: OwnQuality): void;
  /** Whether this device finds its own network poor. */
  poorNetwork(poor: OwnNetwork): void;
  /** Whether anything comes from the other side, when that changes; at first nothing does. */
  heard(isHeard: boolean): void;
}

export interface Succession {
  /** A fresh peer. */
  open(): void;
  restart(): void;
  /** The relay's answer to the newest offer. */
  accept(sdp: string): void;
  /** What all peers send from now on. */
  send(track: MediaStreamTrack | null): void;
  /** The browser suspects that its network changed. */
  hint(): void;
  close(): void;
}

/** A peer and what is known of it. */
interface Link {
  peer: Peer;
  watchdog: Watchdog;
  isUp: boolean;
  isLooking: boolean;
  packets: number;
  /** When it is closed at the latest, because another one is in use. */
  leavesAt?: number;
  stopPlaying(): void;
}

/** The peers of a call, made by `make`; `clock` is in milliseconds. */
export function createSuccession(
  make: (track: MediaStreamTrack | null, events: PeerEvents) => Peer,
  clock: () => number,
  events: SuccessionEvents,
): Succession {
  let current: Link | undefined;
  let next: Link | undefined;
  let leaving: Link | undefined;
  let track: MediaStreamTrack | null = null;
  let isDead = false;
  let heardAt = Number.NEGATIVE_INFINITY;
  let isHeard = false;
  let figures: Figures | undefined;
  const timers = [setInterval(look, LOOK_EVERY), setInterval(measure, LIMITS.REPORT_EVERY)];

  function openLink(): Link {
    const link: Link = {
      watchdog: createWatchdog(clock()),
      isUp: false,
      isLooking: false,
      packets: 0,
      stopPlaying() {},
      peer: make(track, {
        offer: events.offer,
        remote(heard) {
          link.stopPlaying();
          link.stopPlaying = events.play(heard);
        },
        changed(connection) {
          if (connection === "disconnected") link.watchdog.hint(clock());
          if (connection === "failed" || connection === "connected") void lookAt(link);
        },
      }),
    };
    return link;
  }

  function drop(link: Link | undefined): void {
    if (!link) return;
    link.stopPlaying();
    link.peer.close();
  }

  function look(): void {
    for (const link of [current, next]) if (link) void lookAt(link);
    const hasBegun = (current?.packets ?? 0) > 0;
    if (leaving && (hasBegun || clock() >= (leaving.leavesAt ?? 0))) {
      drop(leaving);
      leaving = undefined;
    }
    const wasHeard = isHeard;
    isHeard = clock() - heardAt < HEARD_FOR;
    if (isHeard !== wasHeard) events.heard(isHeard);
  }

  async function lookAt(link: Link): Promise<void> {
    if (link.isLooking) return;
    link.isLooking = true;
    const seen = await link.peer.look();
    link.isLooking = false;
    if (seen && (link === current || link === next)) judge(link, seen);
  }

  function judge(link: Link, seen: Look): void {
    if (seen.packets > link.packets) heardAt = clock();
    link.packets = seen.packets;
    const news = link.watchdog.sample(clock(), seen);
    if (news === "back") onBack(link);
    else if (news === "lost") onLost(link);
  }

  function onBack(link: Link): void {
    link.isUp = true;
    if (link === next) {
      drop(leaving);
      leaving = current;
      if (leaving) leaving.leavesAt = clock() + LEAVES_AFTER;
      current = next;
      next = undefined;
      figures = undefined;
    } else if (next) {
      // The relay gives the call to the new one as soon as it can; then the old one would fall silent again.
      if (next.peer.hasReached()) return;
      drop(next);
      next = undefined;
    }
    isDead = false;
    events.back();
  }

  function onLost(link: Link): void {
    if (link === current) isDead = true;
    if (link === current && next) return;
    if (link === next) {
      drop(next);
      next = undefined;
    }
    events.lost();
  }

  async function measure(): Promise<void> {
    const link = current;
    const counters = await link?.peer.counters();
    if (!link || !counters || link !== current) return;
    figures ??= createFigures();
    const { poor, report } = figures.take(clock(), counters, link.watchdog.longestGap());
    events.poorNetwork(isDead ? "mine" : poor);
    if (report) events.report(report);
    if (isDead) events.quality(deadSecond());
    else if (report) events.quality(callQuality(report, poor));
  }

  return {
    open() {
      drop(next);
      next = undefined;
      if (current?.isUp) {
        next = openLink();
      } else {
        // One that never was up has nothing to go on with; the relay forgets it for the new one.
        drop(current);
        current = openLink();
      }
    },
    restart() {
      (next ?? current)?.peer.restart();
    },
    accept(sdp) {
      (next ?? current)?.peer.accept(sdp);
    },
    send(value) {
      track = value;
      for (const link of [current, next, leaving]) link?.peer.send(value);
    },
    hint() {
      for (const link of [current, next]) link?.watchdog.hint(clock());
    },
    close() {
      for (const timer of timers) clearInterval(timer);
      for (const link of [current, next, leaving]) drop(link);
      current = next = leaving = undefined;
    },
  };
}

/** What is made of the counters of one peer, second by second. */
interface Figures {
  take(now: number, counters: Counters, gap: number): { poor: OwnNetwork; report?: LegReport | undefined };
}

function createFigures(): Figures {
  const judge = createQualityJudge();
  let before: Counters | undefined;
  return {
    take(now, counters, gap) {
      const report = before && legReport(before, counters);
      before = counters;
      return { poor: judge.judge(now, gap, counters.roundTrip), report };
    },
  };
}
