/**
 * One signed-in user on one page: where the pure machine meets socket, clock, media, screens and sounds.
 *
 * Nothing is decided here. Everything that happens becomes an input of the machine, and everything that the machine
 * asks for is done.
 */
import { settle } from "../call/outcome";
import type { CallEvent, CallRequest, ShownCall } from "../call/types";
import type { Identity } from "../connection/session";
import { createSocket, signalUrl } from "../connection/socket";
import { faultOf, wireError } from "../fault";
import type { Branding, WireError } from "../generated/protocol";
import { createMedia, type MediaEvent } from "../media/media";
import { notifyIncoming } from "../screen/notification";
import { createCallScreens } from "../screen/screens";
import type { ScreenAction } from "../screen/view";
import { createSounds } from "../sound/sounds";
import { completeTexts, fill, type TextChoice } from "../texts/texts";
import { type ClientInput, type ClientOutput, createClientMachine } from "./machine";
import { createMuteMemory } from "./mute-memory";
import { watchPage } from "./page";
import { nameOf, present, soundOf } from "./present";

/** How long signing in may take before the app gets a client that is not enabled yet. */
const PATIENCE = 5_000;

export interface ClientOptions {
  /** The server's address, http or https. */
  server: string;
  identity: Identity;
  /** Brings a new user token when one is needed. */
  getToken?: (() => string | Promise<string>) | undefined;
  /** Texts that replace the English ones. */
  texts?: TextChoice | undefined;
  /** The address of a sound file instead of our own ringtone and ringback. */
  ringtone?: string | undefined;
  /** What the business's analytics should know. */
  onEvent(event: CallEvent): void;
  /** The page; the global one if none is given. */
  window?: Window & typeof globalThis;
}

export interface Client {
  /** Settles when the user is signed in or refused; also when that takes long, to go on in the background. */
  readonly ready: Promise<void>;
  /** Whether calls can be made and received at this moment. */
  isEnabled(): boolean;
  /** Calls somebody and settles when the call is over. `invalid` is what the caller of this found wrong with it. */
  call(request: CallRequest, invalid?: WireError): Promise<string>;
  answer(): void;
  decline(): void;
  /** Cancels, declines or ends the call, whichever its state makes of it. */
  hangup(): void;
  setMuted(muted: boolean): void;
  isMuted(): boolean;
  /** Signs out for good and takes everything off the page. */
  logout(): void;
}

/** Starts to sign in. */
export function createClient(options: ClientOptions): Client {
  const window = options.window ?? globalThis.window;
  const texts = completeTexts(options.texts);
  const machine = createClientMachine(options.identity, Math.random, options.getToken ? "app" : "none");
  const promises = new Map<string, { resolve(value: string): void; reject(reason: unknown): void }>();
  const muteMemory = createMuteMemory(window);
  const clock = () => window.performance.now();

  let branding: Branding | undefined;
  let shown: ShownCall | null = null;
  let heard: ReturnType<typeof soundOf> = "silence";
  let unnotify = () => {};
  let timer: ReturnType<typeof setTimeout> | undefined;
  const inputs: ClientInput[] = [];
  let calls = 0;
  let isOver = false;

  const socket = createSocket(window, signalUrl(options.server), {
    opened: () => feed({ type: "socket_opened" }),
    frame: (frame) => feed({ type: "frame", frame }),
    closed: () => feed({ type: "socket_closed" }),
  });
  const media = createMedia({ window, onEvent: hear, onChange: draw });
  const screens = createCallScreens({ document: window.document, texts: options.texts ?? {} });
  const sounds = createSounds({ window, ...(options.ringtone ? { ringtone: options.ringtone } : {}) });
  const unwatch = watchPage(window, feed);

  let announceReady: { resolve(): void; reject(reason: unknown): void };
  const ready = new Promise<void>((resolve, reject) => {
    announceReady = { resolve, reject };
  });
  setTimeout(() => announceReady.resolve(), PATIENCE);

  screens.onAction(act);
  feed({ type: "start" });

  /** One input after the other: what the app does in a callback waits until the outputs before it are performed. */
  function feed(input: ClientInput): void {
    inputs.push(input);
    if (inputs.length > 1) return;
    for (let next = inputs[0]; next; next = inputs[0]) {
      for (const output of machine.handle(clock(), next)) perform(output);
      inputs.shift();
    }
    clearTimeout(timer);
    const deadline = machine.deadline();
    if (deadline !== undefined) timer = setTimeout(() => feed({ type: "tick" }), Math.max(0, deadline - clock()));
  }

  function perform(output: ClientOutput): void {
    switch (output.type) {
      case "open_socket":
        return socket.open();
      case "close_socket":
        return socket.close();
      case "frame":
        return socket.send(output.frame);
      case "ask_token":
        return void askToken().then(feed);
      case "signed_in":
        return announceReady.resolve();
      case "refused":
        announceReady.reject(faultOf(output.error));
        return dismantle();
      case "branding":
        branding = output.branding;
        return draw();
      case "open_microphone":
        return media.openMicrophone();
      case "close_microphone":
        return media.closeMicrophone();
      case "microphone_live":
        return media.setLive(output.callId, output.live);
      case "restart_ice":
        return media.restartIce(output.callId);
      case "open_peer":
        return media.openPeer(output.callId);
      case "accept_answer":
        return media.acceptAnswer(output.callId, output.sdp);
      case "close_peer":
        return media.closePeer(output.callId);
      case "view":
        return show(output.view);
      case "settle":
        return settlePromise(output);
      case "event": {
        const { type: _, ...event } = output;
        return options.onEvent(event);
      }
      // The screen tells it when it lasts; see `SIGNALLING_PATIENCE`.
      case "lost":
    }
  }

  async function askToken(): Promise<ClientInput> {
    try {
      const token: unknown = await options.getToken?.();
      if (typeof token === "string" && token !== "") return { type: "token", token };
      return withoutToken("it brought no text");
    } catch (error) {
      return withoutToken(error instanceof Error ? error.message : String(error));
    }
  }

  function settlePromise({ reference, outcome }: Extract<ClientOutput, { type: "settle" }>): void {
    const promise = promises.get(reference);
    promises.delete(reference);
    if (promise) settle(outcome, promise.resolve, promise.reject);
  }

  function show(view: ShownCall | null): void {
    const before = shown;
    shown = view;
    if (muteMemory.see(view)) feed({ type: "mute", muted: true });
    if (view?.phase !== before?.phase) notify();
    draw();
    const next = soundOf(view);
    if (next === heard) return;
    heard = next;
    if (next === "silence") sounds.stop();
    else sounds[next]();
  }

  function draw(): void {
    if (isOver) return;
    if (!shown || !branding) return screens.show(null);
    // Recomputed each time, so that a corrected wall clock corrects the timer.
    const clockOffset = Date.now() - clock();
    screens.show(present(shown, { branding, texts, sound: media.state(), clockOffset }));
  }

  function notify(): void {
    unnotify();
    unnotify = () => {};
    if (shown?.phase !== "incoming") return;
    const icon = shown.image ?? branding?.logo ?? undefined;
    const title = fill(texts.notificationTitle, { name: nameOf(shown.peer) });
    unnotify = notifyIncoming({ title, body: shown.context, ...(icon ? { icon } : {}) }, () => {}, window.document);
  }

  function hear(event: MediaEvent): void {
    if (event.type !== "report" && event.type !== "quality") feed(event);
  }

  function act(action: ScreenAction): void {
    switch (action.type) {
      case "take_over":
        return feed({ ...action, reference: "" });
      case "play":
        return media.play();
      case "noise_suppression":
        return media.setNoiseSuppression(action.on);
      case "cancel":
        return feed({ type: "hangup" });
      case "volume":
        return media.setVolume(action.value);
      case "input":
        return media.chooseInput(action.id);
      case "output":
        return media.chooseOutput(action.id);
      default:
        return feed(action);
    }
  }

  /** Nothing of the client stays on the page. The machine remains, to say why no calls can be made. */
  function dismantle(): void {
    if (isOver) return;
    isOver = true;
    unwatch();
    unnotify();
    media.destroy();
    screens.destroy();
    sounds.destroy();
    socket.close();
  }

  return {
    ready,
    isEnabled: machine.isEnabled,
    call(request, invalid) {
      calls += 1;
      const reference = String(calls);
      return new Promise<string>((resolve, reject) => {
        promises.set(reference, { resolve, reject });
        feed({ type: "call", reference, ...request, ...(invalid ? { invalid } : {}) });
      });
    },
    answer: () => feed({ type: "answer" }),
    decline: () => feed({ type: "decline" }),
    hangup: () => feed({ type: "hangup" }),
    setMuted: (muted) => feed({ type: "mute", muted }),
    isMuted: () => shown?.muted ?? false,
    logout() {
      feed({ type: "sign_out" });
      dismantle();
    },
  };
}

function withoutToken(why: string): ClientInput {
  return { type: "token_failed", error: wireError("ERR_TOKEN_REQUIRED", `\`getToken\` failed: ${why}`) };
}
