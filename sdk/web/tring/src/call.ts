/** A call as an object: it tells how far it is, and takes what the person wants. */
import {
  type CallQuality,
  type Client,
  createEmitter,
  type Levels,
  type Party,
  type ShownCall,
  type Unlisten,
} from "@tring/core";
import { type CallEnd, endOf, endOfPromise } from "./call-end";

/**
 * How far a call is.
 *
 * - `calling`: their devices are looked for. `ringing`: one of them rings, or this one does.
 * - `connecting`: answered, no sound yet. `connected`: both can talk.
 * - `reconnecting`: this side's connection is lost and tried again; `peer_away`: the other side's.
 * - `ended`.
 */
export type CallState = ShownCall["status"];

/** What a call tells, by name, with what its listener is given. */
export interface CallEvents {
  /** `state` is another. */
  state: CallState;
  /** Anything about the call is different: state, mute, hold, the name of the other person. */
  change: Call;
  /** Once a second while they talk: how the last second sounded. */
  quality: CallQuality;
  /** Ten times a second while they talk and somebody listens to it: how loud it is. */
  level: Levels;
  /** It is over. Comes once. */
  ended: CallEnd;
}

/** What becomes of the call that the person is in when they answer another. */
export interface AnswerOptions {
  current?: "hold" | "end";
}

/** How often levels are told, in milliseconds. */
const LEVEL_EVERY = 100;

/** A call of this device. Its properties are always those of the moment. */
export class Call {
  /** Who called whom, seen from here. */
  readonly direction: "outgoing" | "incoming";
  /** Resolves when the call is over, and never rejects. */
  readonly ended: Promise<CallEnd>;

  readonly #core: Client;
  readonly #calls: () => readonly Call[];
  readonly #events = createEmitter<CallEvents>();
  #names: { reference?: string; id?: string };
  #shown: ShownCall;
  #quality: CallQuality | undefined;
  #end: CallEnd | undefined;
  #finish: (end: CallEnd) => void = () => {};
  #meter: ReturnType<typeof setInterval> | undefined;

  /** @internal */
  constructor(core: Client, calls: () => readonly Call[], shown: ShownCall) {
    this.#core = core;
    this.#calls = calls;
    this.#shown = shown;
    this.#names = namesOf(shown);
    this.direction = shown.role === "caller" ? "outgoing" : "incoming";
    this.ended = new Promise((resolve) => {
      this.#finish = resolve;
    });
  }

  /** The server's name for it, the same as in the record and the webhooks; absent until the server has it. */
  get id(): string | undefined {
    return this.#names.id;
  }

  get state(): CallState {
    return this.#end ? "ended" : this.#shown.status;
  }

  /** The other person: their cuid, and their name if they have one. */
  get peer(): Party {
    return this.#shown.peer;
  }

  /** Why the caller calls, as this side reads it. */
  get context(): string {
    return this.#shown.context;
  }

  /** The address of the other person's picture, if the caller passed one. */
  get image(): string | undefined {
    return this.#shown.image;
  }

  /** When it was answered, by this device's clock. */
  get answeredAt(): Date | undefined {
    const { answeredAt } = this.#shown;
    // The core's times are those of `performance.now()`, which no correction of the clock moves.
    return answeredAt === undefined ? undefined : new Date(Date.now() - performance.now() + answeredAt);
  }

  /** Whether both sides have said yes and it is not over. */
  get isAnswered(): boolean {
    return this.#shown.phase === "ongoing";
  }

  /** Whether it rings here while the person is in another call. */
  get isWaiting(): boolean {
    const isBusy = (call: Call) => call !== this && !call.isHeld && call.state !== "ended" && call.#isEngaged;
    return this.#shown.phase === "incoming" && this.#calls().some(isBusy);
  }

  /** Whether this side's microphone is closed for the call. */
  get isMuted(): boolean {
    return this.#shown.muted;
  }

  /** Whether the other side's microphone is closed. */
  get isPeerMuted(): boolean {
    return this.#shown.peerMuted;
  }

  /** Whether this side holds the call. At most one call is not held. */
  get isHeld(): boolean {
    return this.#shown.held === true;
  }

  /** Whether the other side holds it. */
  get isPeerHeld(): boolean {
    return this.#shown.peerHeld === true;
  }

  /** Whether the server is not reached at the moment, while the sound goes on. */
  get isSignallingAway(): boolean {
    return this.#shown.signallingAway === true;
  }

  /** How the last second sounded; absent until there was one. */
  get quality(): CallQuality | undefined {
    return this.#quality;
  }

  /** How it ended, once it has. */
  get end(): CallEnd | undefined {
    return this.#end;
  }

  /** Takes the call that rings. The call that the person is in is put on hold, or ended with `current: "end"`. */
  answer({ current = "hold" }: AnswerOptions = {}): void {
    this.#core.answer(this.id, current);
  }

  /** Refuses the call that rings. */
  decline(): void {
    this.#core.decline(this.id);
  }

  /** Cancels, declines or ends the call, whichever its state makes of it. */
  hangup(): void {
    this.#core.hangup({ callId: this.#names.id, reference: this.#names.reference });
  }

  /**
   * Puts an answered call on hold: nobody hears anybody, and the other side is told. It holds here at once; should the
   * server have it otherwise, `change` says so.
   */
  hold(): void {
    this.#core.hold(true, this.id);
  }

  /** Goes on with a call that this side holds. The call that the person is in is put on hold instead. */
  resume(): void {
    this.#core.hold(false, this.id);
  }

  /** Closes this side's microphone for the call, or opens it again; the other side is told. */
  mute(muted: boolean): void {
    this.#core.setMuted(muted, this.id);
  }

  /** Whether the call is answered: `true` once it is, `false` if it ends before. Never rejects. */
  whenAnswered(): Promise<boolean> {
    if (this.isAnswered) return Promise.resolve(true);
    const answered = new Promise<boolean>((resolve) => {
      const unlisten = this.on("change", () => {
        if (!this.isAnswered) return;
        unlisten();
        resolve(true);
      });
    });
    return Promise.race([answered, this.ended.then(() => false)]);
  }

  /** Hears of what happens to the call until what is returned is called. */
  on<Name extends keyof CallEvents>(name: Name, listener: (detail: CallEvents[Name]) => void): Unlisten {
    const unlisten = this.#events.on(name, listener);
    this.#measure();
    return () => {
      unlisten();
      this.#measure();
    };
  }

  /** Whether a promise of the core's tells its end. @internal */
  get isPlacedHere(): boolean {
    return this.#names.reference !== undefined;
  }

  /** Whether `shown` is about this call. @internal */
  isThat({ callId, reference }: Pick<ShownCall, "callId" | "reference">): boolean {
    const { id, reference: own } = this.#names;
    return id !== undefined && callId !== undefined ? id === callId : own !== undefined && own === reference;
  }

  /** Takes what the core knows now. @internal */
  update(shown: ShownCall): void {
    if (this.#end) return;
    const before = this.#shown;
    this.#names = { ...this.#names, ...namesOf(shown) };
    this.#shown = shown;
    if (shown.end !== undefined) return this.#over(endOf(shown.end), before);
    if (JSON.stringify(shown) === JSON.stringify(before)) return;
    this.#measure();
    this.#tell(before);
  }

  /** Takes figures of the last second. @internal */
  sounded(quality: CallQuality): void {
    this.#quality = quality;
    this.#events.emit("quality", quality);
  }

  /** The core's promise was settled, or it knows nothing of the call any more. @internal */
  settled(value: unknown): void {
    if (!this.#end) this.#over(endOfPromise(value), this.#shown);
  }

  get #isEngaged(): boolean {
    return this.#shown.phase === "ongoing" || this.#shown.phase === "outgoing";
  }

  #over(end: CallEnd, before: ShownCall): void {
    this.#end = end;
    this.#shown = { ...this.#shown, phase: "ended", status: "ended" };
    this.#measure();
    this.#tell(before);
    this.#events.emit("ended", end);
    this.#finish(end);
  }

  #tell(before: ShownCall): void {
    if (before.status !== this.#shown.status) this.#events.emit("state", this.#shown.status);
    this.#events.emit("change", this);
  }

  /** Measures levels while they are of use to somebody. */
  #measure(): void {
    const wanted = this.isAnswered && !this.isHeld && this.#events.isHeard("level");
    if (wanted === (this.#meter !== undefined)) return;
    clearInterval(this.#meter);
    this.#meter = wanted
      ? setInterval(() => this.#events.emit("level", this.#core.sound.levels()), LEVEL_EVERY)
      : undefined;
  }
}

function namesOf({ callId, reference }: ShownCall): { reference?: string; id?: string } {
  return { ...(reference === undefined ? {} : { reference }), ...(callId === undefined ? {} : { id: callId }) };
}
