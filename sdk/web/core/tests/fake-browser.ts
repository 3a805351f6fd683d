/** What jsdom lacks for a call: a WebSocket whose other end is the test, a microphone and a peer connection. */

type Frame = Record<string, unknown> & { type: string };

/** The server's end of the page's sockets. */
export interface FakeServer {
  /** The addresses to which the page has opened sockets, the newest last. */
  readonly addresses: string[];
  /** What the page said since this was last asked. */
  heard(): Frame[];
  /** The bodies among it. */
  bodies(): Frame[];
  say(frame: Frame): void;
  /** Says a numbered message. */
  tell(body: Frame): void;
  welcome(): void;
  drop(): void;
}

export interface FakeBrowser {
  server: FakeServer;
  /** The microphone's tracks that were given, the newest last. */
  tracks: { stopped: boolean; enabled: boolean }[];
  /** What was made of them to be sent into calls, the newest last. */
  voices: { stopped: boolean; enabled: boolean }[];
  /** Lets the person refuse the microphone from now on. */
  refuseMicrophone(): void;
  /** Has every peer hear the other side without a gap, by a way to the relay and back of so many seconds. */
  carrySound(roundTrip: number): void;
}

const BRANDING = {
  logo: null,
  backgroundColor: "#1b1f3b",
  textColor: "#ffffff",
  buttonTheme: "default",
  poweredBy: true,
};

/** Puts the missing parts into `window`. */
export function installFakeBrowser(window: Window & typeof globalThis): FakeBrowser {
  const addresses: string[] = [];
  let socket: FakeSocket | undefined;
  let said: Frame[] = [];
  let seq = 0;
  let received = 0;

  class FakeSocket {
    readyState = 0;
    onopen: (() => void) | null = null;
    onclose: (() => void) | null = null;
    onmessage: ((event: { data: string }) => void) | null = null;

    constructor(address: string) {
      addresses.push(address);
      socket = this;
      queueMicrotask(() => {
        this.readyState = 1;
        this.onopen?.();
      });
    }

    send(text: string) {
      const frame = JSON.parse(text) as Frame;
      if (frame.type === "message") received = frame.seq as number;
      said.push(frame);
    }

    close() {
      this.readyState = 3;
    }
  }

  const server: FakeServer = {
    addresses,
    heard() {
      const frames = said;
      said = [];
      return frames;
    },
    bodies: () => server.heard().flatMap((frame) => (frame.type === "message" ? [frame.body as Frame] : [])),
    say: (frame) => socket?.onmessage?.({ data: JSON.stringify(frame) }),
    tell(body) {
      seq += 1;
      server.say({ type: "message", seq, ack: received, body });
    },
    welcome() {
      seq = received = 0;
      server.say({
        type: "welcome",
        session: "s-1",
        resumeToken: "r-1",
        resumed: false,
        received: 0,
        branding: BRANDING,
        ringTimeout: 30_000,
        connectTimeout: 15_000,
        relay: { udp: [] },
        serverTime: Date.now(),
      });
    },
    drop: () => socket?.onclose?.(),
  };

  const tracks: FakeTrack[] = [];
  const voices: FakeTrack[] = [];
  class FakeTrack extends EventTarget {
    kind = "audio";
    enabled = true;
    muted = false;
    label = "Microphone";
    stopped = false;
    stop() {
      this.stopped = true;
    }
    clone() {
      const voice = new FakeTrack();
      voices.push(voice);
      return voice;
    }
    getSettings = () => ({ deviceId: "default", noiseSuppression: true });
    getConstraints = () => ({});
    applyConstraints = async () => {};
  }

  let roundTrip: number | undefined;
  const stats = async () => {
    if (roundTrip === undefined) return new Map();
    const packetsReceived = Math.floor(window.performance.now() / 20);
    return new Map<string, object>([
      ["audio", { type: "inbound-rtp", packetsReceived, bytesReceived: packetsReceived * 80 }],
      ["pair", { type: "candidate-pair", nominated: true, state: "succeeded", currentRoundTripTime: roundTrip }],
    ]);
  };

  class FakePeer extends EventTarget {
    signalingState = "stable";
    get connectionState() {
      return roundTrip === undefined ? "new" : "connected";
    }
    localDescription: { sdp: string } | null = null;
    iceConnectionState = "new";
    addTransceiver = () => ({
      sender: {
        replaceTrack: async () => {},
        getParameters: () => ({ codecs: [], encodings: [] }),
        setParameters: async () => {},
      },
      receiver: { getStats: stats },
    });
    restartIce() {}
    createOffer = async () => ({ type: "offer", sdp: "v=0 offer" });
    async setLocalDescription(offer: { sdp: string }) {
      this.localDescription = offer;
      this.signalingState = "have-local-offer";
    }
    setRemoteDescription = async () => {};
    getStats = stats;
    close() {}
  }

  let refuses = false;
  const mediaDevices = {
    async getUserMedia() {
      if (refuses) throw Object.assign(new Error("Permission denied"), { name: "NotAllowedError" });
      const track = new FakeTrack();
      tracks.push(track);
      return { getAudioTracks: () => [track], getTracks: () => [track] };
    },
    enumerateDevices: async () => [],
    addEventListener() {},
    removeEventListener() {},
  };

  Object.assign(window, { WebSocket: FakeSocket, RTCPeerConnection: FakePeer });
  Object.defineProperty(window, "isSecureContext", { value: true, configurable: true });
  Object.defineProperty(window.navigator, "mediaDevices", { value: mediaDevices, configurable: true });
  // jsdom has the element but not the sound, and says so on the console.
  Object.assign(window.HTMLMediaElement.prototype, { play: async () => {}, pause() {} });
  const refuseMicrophone = () => {
    refuses = true;
  };
  const carrySound = (seconds: number) => {
    roundTrip = seconds;
  };
  return { server, tracks, voices, refuseMicrophone, carrySound };
}
