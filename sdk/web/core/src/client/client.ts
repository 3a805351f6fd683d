/**
 * One signed-in user on one page: where the pure machine meets socket, clock, media, screens and sounds.
 *
 * Nothing is decided here. Everything that happens becomes an input of the machine, and everything that the machine
 * asks for is done.
 */
import type { ShownCall } from "../call/types";
import { createSockets, type Place, signalUrl } from "../connection/socket";
import { faultOf, TringError, wireError } from "../fault";
import type { CallSnapshot, IceServer } from "../generated/protocol";
import { createMedia } from "../media/media";
import type { MediaEvent } from "../media/types";
import type { ScreenAction } from "../screen/view";
import { createCheckDesk } from "./check-line";
import { createDisplay } from "./display";
import { type ClientInput, type ClientOutput, createClientMachine } from "./machine";
import { watchPage } from "./page";
import { poorNetworkOf } from "./present";
import { createPromises } from "./promises";
import type { Client, ClientEvent, ClientOptions } from "./types";

export type { Client, ClientEvent, ClientOptions, PlacedCall, SoundControls } from "./types";

/** How long signing in may take before the app gets a client that is not enabled yet. */
const PATIENCE = 5_000;

/** Starts to sign in. */
export function createClient(options: ClientOptions): Client {
  const window = options.window ?? globalThis.window;
  const choices = { callWaiting: options.callWaiting ?? false, hold: options.hold ?? false };
  const machine = createClientMachine(options.identity, Math.random, options.getToken ? "app" : "none", choices);
  const promises = createPromises();
  const listeners = new Set<(event: ClientEvent) => void>();
  const clock = () => window.performance.now();

  let shown: ShownCall | null = null;
  let elsewhere: CallSnapshot[] = [];
  let iceServers: IceServer[] = [];
  /** What listeners were last told of the calls. */
  let toldCalls = "[]";
  let timer: ReturnType<typeof setTimeout> | undefined;
  const inputs: ClientInput[] = [];
  let isOver = false;

  const beside = (place: Place) => (place === "beside" ? { beside: true as const } : {});
  const sockets = createSockets(window, signalUrl(options.server), {
    opened: (place) => feed({ type: "socket_opened", ...beside(place) }),
    frame: (frame, place) => feed({ type: "frame", frame, ...beside(place) }),
    closed: (place) => feed({ type: "socket_closed", ...beside(place) }),
  });
  const media = createMedia({ window, onEvent: hear, onChange: soundChanged });
  const { state: sound, levels } = media;
  const display = createDisplay({ window, options, sound, levels, act });
  const unwatch = watchPage(window, {
    wake: (why) => feed({ type: "wake", why }),
    leave: () => feed({ type: "leave" }),
  });
  const check = createCheckDesk({ feed, isEnabled: machine.isEnabled, iceServers: () => iceServers });

  let announceReady: { resolve(): void; reject(reason: unknown): void };
  const ready = new Promise<void>((resolve, reject) => {
    announceReady = { resolve, reject };
  });
  setTimeout(() => announceReady.resolve(), PATIENCE);

  feed({ type: "start" });

  /** One input after the other: what the app does in a callback waits until the outputs before it are performed. */
  function feed(input: ClientInput): void {
    inputs.push(input);
    if (inputs.length > 1) return;
    for (let next = inputs[0]; next; next = inputs[0]) {
      for (const output of machine.handle(clock(), next)) perform(output);
      tellCalls();
      inputs.shift();
    }
    clearTimeout(timer);
    const deadline = machine.deadline();
    if (deadline !== undefined) timer = setTimeout(() => feed({ type: "tick" }), Math.max(0, deadline - clock()));
  }

  function perform(output: ClientOutput): void {
    switch (output.type) {
      case "open_socket":
        return sockets.open(output.beside ? "beside" : "in use");
      case "close_socket":
        return sockets.close(output.beside ? "beside" : "all");
      case "change_socket":
        return sockets.change();
      case "frame":
        return sockets.send(output.frame, output.beside ? "beside" : "in use");
      case "ask_token":
        return void askToken().then(feed);
      case "signed_in":
        announceReady.resolve();
        check.connected();
        return tell({ type: "connection", connected: true });
      // The screen tells it when it lasts; see `SIGNALLING_PATIENCE`.
      case "lost":
        return tell({ type: "connection", connected: false });
      case "refused":
        announceReady.reject(faultOf(output.error));
        tell(output);
        return dismantle();
      case "branding":
        display.brand(output.branding);
        return tell(output);
      case "ice_servers":
        iceServers = output.servers;
        return media.setIceServers(iceServers);
      case "check_answer":
      case "check_refused":
        return check.hear(output);
      case "settle":
        return promises.settle(output.reference, output.outcome);
      case "event": {
        const { type: _, ...event } = output;
        return options.onEvent(event);
      }
      case "view":
        shown = output.view;
        return isOver ? undefined : display.show(shown);
      case "elsewhere":
        elsewhere = output.calls;
        if (!isOver) display.showElsewhere(elsewhere);
        return tell(output);
      default:
        return performMedia(output);
    }
  }

  function performMedia(output: MediaOutput): void {
    switch (output.type) {
      case "open_microphone":
        return media.openMicrophone();
      case "close_microphone":
        return media.closeMicrophone();
      case "microphone_live":
        return media.setLive(output.callId, output.live);
      case "open_peer":
        return media.openPeer(output.callId);
      case "restart_ice":
        return media.restartIce(output.callId);
      case "accept_answer":
        return media.acceptAnswer(output.callId, output.sdp);
      case "close_peer":
        return media.closePeer(output.callId);
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

  function hear(event: MediaEvent): void {
    if (event.type !== "quality") return feed(event);
    const { callId, quality } = event;
    const call = machine.calls().find((candidate) => candidate.callId === callId);
    tell({ ...event, quality: { ...quality, poorNetwork: poorNetworkOf(call, quality.poorNetwork) } });
  }

  function soundChanged(): void {
    if (isOver) return;
    display.draw();
    tell({ type: "sound", sound: media.state() });
  }

  function tell(event: ClientEvent): void {
    for (const listener of [...listeners]) listener(event);
  }

  function tellCalls(): void {
    if (listeners.size === 0) return;
    const calls = machine.calls();
    const drawn = JSON.stringify(calls);
    if (drawn === toldCalls) return;
    toldCalls = drawn;
    tell({ type: "calls", calls });
  }

  function act(action: ScreenAction): void {
    switch (action.type) {
      case "cancel":
        return feed({ type: "hangup" });
      case "take_over":
        // What keeps it elsewhere is seen where it is.
        return void takeOver(action.callId).catch(() => {});
      case "volume":
        return media.setVolume(action.value);
      case "input":
        return media.chooseInput(action.id);
      case "output":
        return media.chooseOutput(action.id);
      case "noise_suppression":
        return media.setNoiseSuppression(action.on);
      case "play":
        return media.play();
      default:
        return feed(action);
    }
  }

  async function takeOver(callId: string): Promise<void> {
    const { reference, promise } = promises.open();
    feed({ type: "take_over", callId, reference });
    await promise;
  }

  /** Nothing of the client stays on the page. The machine remains, to say why no calls can be made. */
  function dismantle(): void {
    if (isOver) return;
    isOver = true;
    unwatch();
    media.destroy();
    display.destroy();
    sockets.close("all");
  }

  const place: Client["place"] = (request, invalid) => {
    const { reference, promise } = promises.open();
    feed({ type: "call", reference, ...request, ...(invalid ? { invalid } : {}) });
    return { reference, ended: promise };
  };
  const named = (callId: string | undefined) => (callId === undefined ? {} : { callId });

  return {
    ready,
    isEnabled: machine.isEnabled,
    call: (request, invalid) => place(request, invalid).ended,
    place,
    answer: (callId, current) => feed({ type: "answer", ...named(callId), ...(current ? { current } : {}) }),
    decline: (callId) => feed({ type: "decline", ...named(callId) }),
    hangup: ({ callId, reference } = {}) =>
      feed({ type: "hangup", ...named(callId), ...(reference === undefined ? {} : { reference }) }),
    setMuted: (muted, callId) => feed({ type: "mute", muted, ...named(callId) }),
    isMuted: () => shown?.muted ?? false,
    hold: (held, callId) => feed({ type: "hold", held, ...named(callId) }),
    takeOver,
    calls: machine.calls,
    elsewhere: () => elsewhere,
    check: async () => {
      if (!options.check) throw new TringError("ERR_INTERNAL", "This SDK has no check.");
      return options.check(check.line, window);
    },
    on(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    sound: media,
    logout() {
      feed({ type: "sign_out" });
      dismantle();
    },
  };
}

/** What the machine wants of microphone and peers. */
type MediaOutput =
  | Extract<
      ClientOutput,
      { callId: string; type: "microphone_live" | "open_peer" | "restart_ice" | "accept_answer" | "close_peer" }
    >
  | { type: "open_microphone" | "close_microphone" };

function withoutToken(why: string): ClientInput {
  return { type: "token_failed", error: wireError("ERR_TOKEN_REQUIRED", `\`getToken\` failed: ${why}`) };
}
