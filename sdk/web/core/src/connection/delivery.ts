/**
 * What a session says and hears by number, over whichever of its sockets: messages, those that are said again on a new
 * socket, and what is owed for those that came.
 *
 * **After a `LinkBroken` its owner calls `forget` and signs in anew.**
 */
import type { ClientFrame, ClientMessage, Hello, Welcome } from "../generated/protocol";
import { createLink, type Link } from "./link";

export interface Delivery {
  /** What the next `hello` says of the session so far; nothing if there is none. */
  resume(): Hello["resume"];
  /** Whether there is a session to go on with. */
  canResume(): boolean;
  /** The session begins or goes on; returns what is to be said first. */
  welcomed(welcome: Welcome): ClientFrame[];
  /** Takes a message, and returns its frame if it is to be sent at once. */
  send(message: ClientMessage, atOnce: boolean): ClientFrame[];
  /** A message came; whether it was not seen before. */
  receive(seq: number, ack: number): boolean;
  acknowledge(ack: number): void;
  /** The acknowledgement that is owed. */
  flush(): ClientFrame[];
  /** The socket on which something was owed is not used any more; the next `hello` says it. */
  oweNothing(): void;
  /** Nothing of the session so far is true any more. */
  forget(): void;
}

/** Nothing has been said. While a second socket is greeted, nothing is acknowledged that its `hello` did not say. */
export function createDelivery(isGreetingBeside: () => boolean): Delivery {
  let link: Link<ClientMessage> = createLink();
  let token: string | undefined;
  let isOwing = false;
  /** What the last `hello` said was received. */
  let greetedWith = 0;

  function frame(seq: number, body: ClientMessage): ClientFrame {
    const isGreeting = isGreetingBeside();
    isOwing &&= isGreeting;
    // Were more acknowledged here than the `hello` beside says, it could arrive as that of a session that lost count.
    const ack = isGreeting ? greetedWith : link.received();
    return { type: "message", seq, ack, body };
  }

  return {
    resume() {
      greetedWith = link.received();
      return token === undefined ? undefined : { token, received: greetedWith };
    },
    canResume: () => token !== undefined,
    welcomed({ resumeToken, resumed, received }) {
      token = resumeToken;
      if (resumed) return link.resume(received).map(({ seq, message }) => frame(seq, message));
      // What a lost session had not delivered is stale by now: its calls are over or come back as `restored`.
      link = createLink();
      return [];
    },
    send(message, atOnce) {
      const seq = link.send(message);
      return atOnce ? [frame(seq, message)] : [];
    },
    receive(seq, ack) {
      link.acknowledge(ack);
      isOwing = true;
      return link.receive(seq) === "new";
    },
    acknowledge: (ack) => link.acknowledge(ack),
    flush() {
      if (!isOwing || isGreetingBeside()) return [];
      isOwing = false;
      return [{ type: "ack", ack: link.received() }];
    },
    oweNothing() {
      isOwing = false;
    },
    forget() {
      token = undefined;
      link = createLink();
    },
  };
}
