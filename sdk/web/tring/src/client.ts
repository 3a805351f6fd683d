/** A signed-in user with all their calls. */
import {
  type CallSnapshot,
  type CheckResult,
  type Client,
  createEmitter,
  faultOf,
  type Party,
  type ShownCall,
  TringError,
  type Unlisten,
} from "@tring/core";
import { Call } from "./call";
import { Devices } from "./devices";
import { type CallOptions, requestOf } from "./options";

/** What a client tells, by name, with what its listener is given. */
export interface ClientEvents {
  /** There is a call that was not there before: placed here, coming in, or brought here from another device. */
  call: Call;
  /** Somebody calls. `call.isWaiting` says whether the person is in another call. */
  incoming: Call;
  /** The calls on the person's other devices are others, or something about them changed. */
  elsewhere: readonly RemoteCall[];
  /** Whether calls can be made and received from now on. */
  connection: boolean;
  /** The server has signed the user out for good; the error says why. */
  signedOut: TringError;
}

/** A call that the person is in on another of their devices. */
export interface RemoteCall {
  /** The server's name for it. */
  readonly id: string;
  readonly peer: Party;
  readonly context: string;
  /** When it was answered, by the server's clock. */
  readonly answeredAt: Date | undefined;
  readonly isHeld: boolean;
  /**
   * Brings the call to this device; the other side hears no more than a blink. Resolves when it is here. Rejects with
   * `ERR_CALL_NOT_FOUND` if it has ended, `ERR_CALL_NOT_MOVED` if it cannot be moved now, for example because this
   * device is in another call, `ERR_MIC_UNAVAILABLE`, or `ERR_INTERNET_LOST`. The call then stays where it is.
   */
  continueHere(): Promise<Call>;
}

/** A user who is signed in; `signIn` makes it. */
export class TringClient {
  /** Who is signed in. */
  readonly cuid: string;
  /** Microphone, speaker, volume and levels of this page. */
  readonly devices: Devices;

  readonly #core: Client;
  readonly #events = createEmitter<ClientEvents>();
  #calls: Call[] = [];

  /** @internal */
  constructor(core: Client, cuid: string) {
    this.#core = core;
    this.cuid = cuid;
    this.devices = new Devices(core.sound);
    core.on((event) => {
      switch (event.type) {
        case "calls":
          return this.#sync(event.calls);
        case "elsewhere":
          return this.#events.emit("elsewhere", this.elsewhere);
        case "connection":
          return this.#events.emit("connection", event.connected);
        case "quality":
          return this.#named(event.callId)?.sounded(event.quality);
        case "sound":
          return this.devices.changed();
        case "refused":
          return this.#events.emit("signedOut", faultOf(event.error));
        case "branding":
      }
    });
    this.#sync(core.calls());
  }

  /** Whether calls can be made and received at this moment. */
  get isConnected(): boolean {
    return this.#core.isEnabled();
  }

  /** The calls of this device that are not over, the oldest first. Also those that a reload of the page brought back. */
  get calls(): readonly Call[] {
    return this.#calls.filter(({ state }) => state !== "ended");
  }

  /** The calls that the person is in on their other devices. */
  get elsewhere(): readonly RemoteCall[] {
    return this.#core.elsewhere().map((snapshot) => this.#remote(snapshot));
  }

  /**
   * Calls somebody. The person's other calls must be on hold.
   *
   * Throws `ERR_INVALID_CALL_PARAMETERS` at once. What else keeps the call from being placed is its end: `status` is
   * `refused`, and `error` has `ERR_MIC_UNAVAILABLE`, `ERR_CONNECTION_NOT_ESTABLISHED`, `ERR_OUTGOING_CALL_IN_PROGRESS`,
   * `ERR_NOT_SIGNED_IN` or what the server says.
   *
   * @param to the cuid of whom to call
   */
  call(to: string, options: CallOptions): Call {
    const request = requestOf(to, this.cuid, options);
    const { reference, ended } = this.#core.place(request);
    this.#sync(this.#core.calls());
    // A call that waits for the microphone is not among the core's yet.
    const call = this.#find({ reference }) ?? this.#add(beginning(request, reference));
    const settled = (value: unknown) => {
      // The core's word on how it ended is more exact than the promise's.
      this.#sync(this.#core.calls());
      call.settled(value);
      this.#tidy();
    };
    ended.then(settled, settled);
    return call;
  }

  /**
   * Tries microphone, server and relay for some seconds, over UDP and TCP, and says in `words` whether a call would go
   * well. Never rejects: what fails is part of the verdict.
   */
  check(): Promise<CheckResult> {
    return this.#core.check();
  }

  /** Ends all calls and signs out. Nothing of the SDK stays on the page; to go on, sign in again. */
  signOut(): void {
    this.#core.logout();
  }

  /** Hears of what happens until what is returned is called. */
  on<Name extends keyof ClientEvents>(name: Name, listener: (detail: ClientEvents[Name]) => void): Unlisten {
    return this.#events.on(name, listener);
  }

  #sync(shown: ShownCall[]): void {
    for (const one of shown) {
      const known = this.#find(one);
      if (known) known.update(one);
      else if (one.phase !== "ended") this.#add(one);
    }
    // Calls that the core has dropped without a word, as after signing out. Those placed here are told by their promise.
    for (const call of this.#calls) {
      if (!call.isPlacedHere && !shown.some((one) => call.isThat(one))) call.settled(undefined);
    }
    this.#tidy();
  }

  #add(shown: ShownCall): Call {
    const call = new Call(this.#core, () => this.calls, shown);
    this.#calls = [...this.#calls, call];
    this.#events.emit("call", call);
    if (shown.phase === "incoming") this.#events.emit("incoming", call);
    return call;
  }

  /** Forgets the calls whose end is known; one that is over for the person may still wait for the server's word. */
  #tidy(): void {
    this.#calls = this.#calls.filter(({ end }) => end === undefined);
  }

  #find(names: Pick<ShownCall, "callId" | "reference">): Call | undefined {
    return this.#calls.find((call) => call.isThat(names));
  }

  #named(callId: string): Call | undefined {
    return this.#find({ callId });
  }

  #remote({ callId, peer, context, answeredAt, held }: CallSnapshot): RemoteCall {
    return {
      id: callId,
      peer,
      context,
      answeredAt: answeredAt === undefined ? undefined : new Date(answeredAt),
      isHeld: held === true,
      continueHere: async () => {
        await this.#core.takeOver(callId);
        this.#sync(this.#core.calls());
        const call = this.#named(callId);
        // Between the server's word and this it can only have ended.
        if (!call) throw new TringError("ERR_CALL_NOT_FOUND");
        return call;
      },
    };
  }
}

/** A call as it is before the core has begun with it. */
function beginning({ to, context, images }: ReturnType<typeof requestOf>, reference: string): ShownCall {
  return {
    reference,
    phase: "outgoing",
    status: "calling",
    role: "caller",
    peer: { cuid: to },
    context,
    ...(images.receiver === undefined ? {} : { image: images.receiver }),
    muted: false,
    peerMuted: false,
  };
}
