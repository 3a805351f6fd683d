/** Microphones, speakers, volume and levels. They are those of this page, whatever calls it has. */
import {
  createEmitter,
  type DeviceChoice,
  type Levels,
  type SoundControls,
  type SoundState,
  type Unlisten,
} from "@tring/core";

/** The sound of this page. Its properties are always those of the moment. */
export class Devices {
  readonly #sound: SoundControls;
  readonly #events = createEmitter<{ change: Devices }>();

  /** @internal */
  constructor(sound: SoundControls) {
    this.#sound = sound;
  }

  /** The microphones that there are. Browsers hide their names, and most of them, until the microphone was allowed. */
  get microphones(): readonly DeviceChoice[] {
    return this.#state.devices.inputs;
  }

  /** The speakers that there are; none where the browser does not tell. */
  get speakers(): readonly DeviceChoice[] {
    return this.#state.devices.outputs;
  }

  /** The id of the microphone in use, if the browser tells. */
  get microphone(): string | undefined {
    return this.#state.devices.input;
  }

  /** The id of the speaker in use, if the browser tells. */
  get speaker(): string | undefined {
    return this.#state.devices.output;
  }

  /** Whether this browser lets a page choose the speaker. */
  get canChooseSpeaker(): boolean {
    return this.#state.devices.canChooseOutput;
  }

  /** Of the speaker, 0 to 1. */
  get volume(): number {
    return this.#state.volume;
  }

  /** Whether the browser takes noise out of the microphone's sound. */
  get noiseSuppression(): boolean {
    return this.#state.noiseSuppression;
  }

  /** Whether the browser plays nothing until the person touches the page: call `play()` in a click. */
  get isBlocked(): boolean {
    return this.#state.blocked;
  }

  /** Whether the system has taken the microphone away, for a telephone call for example; it may give it back. */
  get isMicrophoneInterrupted(): boolean {
    return this.#state.microphoneInterrupted === true;
  }

  /** How loud it is now: 0 is silence, 1 full scale. */
  get levels(): Levels {
    return this.#sound.levels();
  }

  /** Listens with another microphone from now on, also in a running call. An id that does not exist changes nothing. */
  chooseMicrophone(id: string): void {
    this.#sound.chooseInput(id);
  }

  /** Plays on another speaker from now on, where the browser allows it. */
  chooseSpeaker(id: string): void {
    this.#sound.chooseOutput(id);
  }

  /** Sets the speaker's volume, 0 to 1; what is beyond is taken as the nearer end. */
  setVolume(volume: number): void {
    if (Number.isFinite(volume)) this.#sound.setVolume(Math.min(1, Math.max(0, volume)));
  }

  /** Takes noise out of the microphone's sound, or leaves it as it is. */
  setNoiseSuppression(on: boolean): void {
    this.#sound.setNoiseSuppression(on);
  }

  /** Plays what the browser held back. Browsers allow it in a click or a key press of the person. */
  play(): void {
    this.#sound.play();
  }

  /** Hears of every change, with this object as the detail, until what is returned is called. */
  on(name: "change", listener: (devices: Devices) => void): Unlisten {
    return this.#events.on(name, listener);
  }

  /** @internal */
  changed(): void {
    this.#events.emit("change", this);
  }

  get #state(): SoundState {
    return this.#sound.state();
  }
}
