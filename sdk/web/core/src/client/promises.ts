/** The promises that this page has given its app, by the reference that the machine knows each by. */
import { type Outcome, settle } from "../call/outcome";

export interface Promises {
  open(): { reference: string; promise: Promise<string> };
  settle(reference: string, outcome: Outcome): void;
}

export function createPromises(): Promises {
  const open = new Map<string, { resolve(value: string): void; reject(reason: unknown): void }>();
  let count = 0;
  return {
    open() {
      count += 1;
      const reference = String(count);
      const promise = new Promise<string>((resolve, reject) => {
        open.set(reference, { resolve, reject });
      });
      return { reference, promise };
    },
    settle(reference, outcome) {
      const promise = open.get(reference);
      open.delete(reference);
      if (promise) settle(outcome, promise.resolve, promise.reject);
    },
  };
}
