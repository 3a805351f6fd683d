/** Listeners by the name of what they listen to. */

/** Stops a listener. */
export type Unlisten = () => void;

export interface Emitter<Events> {
  /** Calls `listener` with every such event from now on, until what is returned is called. */
  on<Name extends keyof Events>(name: Name, listener: (detail: Events[Name]) => void): Unlisten;
  /** Calls the listeners in the order in which they came. One that throws keeps no other from hearing. */
  emit<Name extends keyof Events>(name: Name, detail: Events[Name]): void;
  /** Whether anybody listens. */
  isHeard(name: keyof Events): boolean;
}

export function createEmitter<Events>(): Emitter<Events> {
  const listeners = new Map<keyof Events, Set<(detail: never) => void>>();
  return {
    on(name, listener) {
      const those = listeners.get(name) ?? new Set();
      listeners.set(name, those);
      // Its own function each time: the same listener added twice is heard twice and stopped one by one.
      const own = (detail: Parameters<typeof listener>[0]) => listener(detail);
      those.add(own);
      return () => void those.delete(own);
    },
    emit(name, detail) {
      for (const listener of [...(listeners.get(name) ?? [])]) {
        try {
          (listener as (detail: Events[typeof name]) => void)(detail);
        } catch (error) {
          // The app's fault, for its console and its own `error` handlers; the call goes on.
          reportError(error);
        }
      }
    },
    isHeard: (name) => (listeners.get(name)?.size ?? 0) > 0,
  };
}

/** As the browser does with an event listener that throws. */
function reportError(error: unknown): void {
  setTimeout(() => {
    throw error;
  });
}
