/** The way to the server that a network check uses, over the machine of the client. */
import type { CheckLine } from "../check/types";
import { faultOf } from "../fault";
import type { IceServer } from "../generated/protocol";
import type { CheckInput, CheckOutput } from "./checks";

/** How long a session that is not there yet may take, until the verdict is that the server is not reached. */
const SIGN_IN_PATIENCE = 5_000;

export interface CheckDesk {
  line: CheckLine;
  /** The server's answer, or why there is none. */
  hear(output: CheckOutput): void;
  /** The session is there. */
  connected(): void;
}

export interface CheckSurroundings {
  feed(input: CheckInput): void;
  isEnabled(): boolean;
  iceServers(): IceServer[];
}

export function createCheckDesk({ feed, isEnabled, iceServers }: CheckSurroundings): CheckDesk {
  let count = 0;
  let asked: { reference: string; resolve(sdp: string): void; reject(reason: unknown): void } | undefined;
  let waiting: (() => void)[] = [];

  return {
    line: {
      isConnected() {
        if (isEnabled()) return Promise.resolve(true);
        return new Promise((resolve) => {
          const timer = setTimeout(() => resolve(isEnabled()), SIGN_IN_PATIENCE);
          waiting.push(() => {
            clearTimeout(timer);
            resolve(true);
          });
        });
      },
      ask(sdp) {
        count += 1;
        const reference = `check-${count}`;
        return new Promise((resolve, reject) => {
          asked = { reference, resolve, reject };
          feed({ type: "check", reference, sdp });
        });
      },
      done: () => feed({ type: "check_done", reference: `check-${count}` }),
      iceServers,
    },
    hear(output) {
      if (asked?.reference !== output.reference) return;
      const { resolve, reject } = asked;
      asked = undefined;
      if (output.type === "check_answer") resolve(output.sdp);
      else reject(faultOf(output.error));
    },
    connected() {
      const those = waiting;
      waiting = [];
      for (const tell of those) tell();
    },
  };
}
