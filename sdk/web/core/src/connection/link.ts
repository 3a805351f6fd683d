/**
 * The numbering of one session's messages: nothing is lost and nothing is delivered twice while its socket comes and
 * goes. The twin of `crates/protocol/src/link.rs`.
 *
 * **The owner sends what `send` returns, hands on only what `receive` calls new, and after a reconnect sends all of
 * `resume` before anything else.**
 */
import { BOUNDS } from "../generated/catalogue";

/** One end of a session's numbered stream; `M` is what this end sends. */
export interface Link<M> {
  /** Takes `message` into the outbox and returns its number. Throws `LinkBroken` when too many wait. */
  send(message: M): number;
  /** Judges the number of a message that arrived. Throws `LinkBroken` when one is missing before it. */
  receive(seq: number): "new" | "duplicate";
  /** Forgets what the other end has: everything up to `ack`. Throws `LinkBroken` for a number never sent. */
  acknowledge(ack: number): void;
  /** What must be sent again on a new socket, given the last number that the other end received. */
  resume(received: number): Numbered<M>[];
  /** The number of the last message received: what to write into `ack` and `received`. */
  received(): number;
  /** How many messages wait for their acknowledgement. */
  waiting(): number;
}

/** A message and its number. */
export interface Numbered<M> {
  seq: number;
  message: M;
}

/** The numbering is broken; the session cannot go on. */
export class LinkBroken extends Error {}

/** A link on which nothing has been sent or received. */
export function createLink<M>(): Link<M> {
  const outbox: M[] = [];
  let firstUnacknowledged = 1;
  let received = 0;

  const lastSent = () => firstUnacknowledged - 1 + outbox.length;

  function acknowledge(ack: number): void {
    if (ack > lastSent()) throw new LinkBroken(`message ${ack} was acknowledged but never sent`);
    if (ack < firstUnacknowledged) return;
    outbox.splice(0, ack - firstUnacknowledged + 1);
    firstUnacknowledged = ack + 1;
  }

  return {
    send(message) {
      if (outbox.length >= BOUNDS.OUTBOX_MAX) {
        throw new LinkBroken(`${outbox.length} messages wait for an acknowledgement`);
      }
      outbox.push(message);
      return lastSent();
    },
    receive(seq) {
      if (seq <= received) return "duplicate";
      if (seq !== received + 1) throw new LinkBroken(`message ${seq} came where ${received + 1} was due`);
      received = seq;
      return "new";
    },
    acknowledge,
    resume(from) {
      if (from + 1 < firstUnacknowledged) throw new LinkBroken(`message ${from} lies before what was acknowledged`);
      acknowledge(from);
      return outbox.map((message, index) => ({ seq: firstUnacknowledged + index, message }));
    },
    received: () => received,
    waiting: () => outbox.length,
  };
}
