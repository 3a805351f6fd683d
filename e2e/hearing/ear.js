// Injected into every page before its own scripts, with `config` in scope: records what the page's person says into
// their microphone and what comes out of their calls, and keeps the page's peer connections at hand for their
// statistics. The product under test is not touched; it sees the browser's own interfaces, one step removed.

/** @typedef {{ voice?: string }} EarConfig voice: base64 of a WAV to speak instead of the browser's own fake device. */

/* global config, sampleRate, currentFrame, AudioWorkletProcessor, registerProcessor */
(/** @param {EarConfig} config */ function listen(config) {
  const RATE = 48_000;
  /** @type {AudioContext | undefined} */
  let context;
  /** @type {Promise<AudioWorkletNode> | undefined} */
  let recorder;
  /** @type {((mouth: Float32Array, ear: Float32Array, arrived: number) => void) | undefined} */
  let take;
  /** @type {RTCPeerConnection[]} */
  const peers = [];
  /** @type {MediaStreamTrack[]} */
  const microphones = [];
  /** @type {Set<HTMLMediaElement>} */
  const players = new Set();

  function audio() {
    context ??= new AudioContext({ sampleRate: RATE });
    if (context.state === 'suspended') void context.resume();
    return context;
  }

  // Runs in the audio thread: joins 128-sample quanta to blocks of 100 ms from two inputs, mouth and ear.
  const WORKLET = `
    class Recorder extends AudioWorkletProcessor {
      constructor() { super(); this.length = 4864; this.fresh(); }
      fresh() { this.blocks = [new Float32Array(this.length), new Float32Array(this.length)]; this.filled = 0; }
      process(inputs) {
        for (const i of [0, 1]) {
          const channels = inputs[i];
          for (const channel of channels)
            for (let n = 0; n < 128 && this.filled + n < this.length; n++)
              this.blocks[i][this.filled + n] += channel[n] / channels.length;
        }
        this.filled += 128;
        if (this.filled >= this.length) {
          this.port.postMessage({ blocks: this.blocks, end: currentFrame + 128 });
          this.fresh();
        }
        return true;
      }
    }
    registerProcessor('recorder', Recorder);`;

  // Whatever a page sends to its loudspeakers through Web Audio, ringtones for example, also passes a meter.
  /** @type {AnalyserNode[]} */
  const meters = [];
  const connect = AudioNode.prototype.connect;
  /** @type {any} */ (AudioNode.prototype).connect = function (/** @type {any[]} */ ...to) {
    if (to[0] instanceof AudioDestinationNode && this.context !== context) {
      const meter = this.context.createAnalyser();
      meters.push(meter);
      connect.call(this, meter);
    }
    return Reflect.apply(connect, this, to);
  };

  function recorderNode() {
    recorder ??= (async () => {
      const ctx = audio();
      const url = URL.createObjectURL(new Blob([WORKLET], { type: 'text/javascript' }));
      await ctx.audioWorklet.addModule(url);
      const node = new AudioWorkletNode(ctx, 'recorder', { numberOfInputs: 2, numberOfOutputs: 1 });
      node.connect(ctx.destination);
      node.port.onmessage = ({ data }) => {
        const [mouth, ear] = data.blocks;
        take?.(mouth, ear, performance.timeOrigin + performance.now());
      };
      return node;
    })();
    return recorder;
  }

  /** @param {MediaStreamTrack} track @param {0 | 1} input */
  async function attach(track, input) {
    // A page whose security policy allows no foreign scripts cannot be recorded; `record` says so to who asks for it.
    const node = await recorderNode().catch(() => undefined);
    if (node) audio().createMediaStreamSource(new MediaStream([track])).connect(node, 0, input);
  }

  const PeerConnection = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends PeerConnection {
    /** @param {RTCConfiguration} [configuration] */
    constructor(configuration) {
      super(configuration);
      peers.push(this);
      this.addEventListener('track', ({ track }) => { if (track.kind === 'audio') void attach(track, 1); });
    }
  };

  const srcObject = /** @type {PropertyDescriptor} */ (
    Object.getOwnPropertyDescriptor(HTMLMediaElement.prototype, 'srcObject'));
  Object.defineProperty(HTMLMediaElement.prototype, 'srcObject', {
    ...srcObject,
    /** @this {HTMLMediaElement} */
    set(stream) {
      if (stream) players.add(this);
      srcObject.set?.call(this, stream);
    },
  });

  const devices = navigator.mediaDevices;
  if (devices) {
    const getUserMedia = devices.getUserMedia.bind(devices);
    devices.getUserMedia = async constraints => {
      const real = await getUserMedia(unprocessed(constraints));
      const stream = config.voice ? await spoken(config.voice, real) : real;
      const [track] = stream.getAudioTracks();
      if (track) {
        microphones.push(track);
        void attach(track, 0);
      }
      return stream;
    };
  }

  /**
   * Without the browser's echo cancellation and noise suppression, which reshape the wave (correlation 0.76 instead of
   * 0.97): a file needs no cleaning, and what is judged here is the call.
   * @param {MediaStreamConstraints} [constraints]
   */
  function unprocessed(constraints) {
    if (!constraints?.audio) return constraints;
    const wishes = constraints.audio === true ? {} : constraints.audio;
    return { ...constraints, audio: { ...wishes, echoCancellation: false, noiseSuppression: false, autoGainControl: false } };
  }

  /** Speaks the WAV over and over, as Chromium's fake device does. @param {string} wav @param {MediaStream} real */
  async function spoken(wav, real) {
    const ctx = audio();
    const bytes = Uint8Array.from(atob(wav), c => c.charCodeAt(0));
    const source = ctx.createBufferSource();
    source.buffer = await ctx.decodeAudioData(bytes.buffer);
    source.loop = true;
    const out = ctx.createMediaStreamDestination();
    source.connect(out);
    source.start();
    for (const track of real.getTracks()) track.stop();
    return out.stream;
  }

  /** @param {Float32Array[]} blocks */
  function base64(blocks) {
    const pcm = new Int16Array(blocks.reduce((n, block) => n + block.length, 0));
    let at = 0;
    for (const block of blocks) for (const sample of block) pcm[at++] = Math.max(-1, Math.min(1, sample)) * 32767;
    const bytes = new Uint8Array(pcm.buffer);
    let text = '';
    for (let i = 0; i < bytes.length; i += 8192) text += String.fromCharCode(...bytes.subarray(i, i + 8192));
    return btoa(text);
  }

  Object.defineProperty(window, 'testEar', {
    value: {
      /** Records the next `seconds` of mouth and ear. @param {number} seconds */
      async record(seconds) {
        await recorderNode();
        audio();
        /** @type {Float32Array[]} */ const said = [];
        /** @type {Float32Array[]} */ const heard = [];
        // When the recording began, as each block has it: what is late was delayed on its way out of the audio thread, so
        // the earliest is right. What all blocks at the end are later than all at the beginning, the audio stood still.
        /** @type {number[]} */ const beginnings = [];
        await new Promise((done, failed) => {
          const wanted = seconds * RATE;
          let frames = 0;
          const late = setTimeout(
            () => failed(new Error(`the page recorded ${frames / RATE} s of ${seconds} s; its audio is ${context?.state}`)),
            seconds * 1000 + 5000);
          take = (mouth, ear, arrived) => {
            said.push(mouth);
            heard.push(ear);
            frames += ear.length;
            beginnings.push(arrived - (frames / RATE) * 1000);
            if (frames < wanted) return;
            clearTimeout(late);
            done(undefined);
          };
        }).finally(() => { take = undefined; });
        const stoodStill = Math.max(0, Math.min(...beginnings.slice(-10)) - Math.min(...beginnings.slice(0, 10)));
        return { startedAt: Math.min(...beginnings), stoodStill, said: base64(said), heard: base64(heard) };
      },
      /** Whether an unmuted element is playing a live remote track, as a person's ears need. */
      plays() {
        return [...players].some(player => !player.paused && !player.muted && player.volume > 0
          && player.srcObject instanceof MediaStream
          && player.srcObject.getAudioTracks().some(track => track.readyState === 'live' && track.enabled));
      },
      /** How loud the page's own sounds are at this moment, from 0. */
      loudness() {
        const samples = new Float32Array(2048);
        return meters.reduce((most, meter) => {
          // The meter of a context that rests keeps showing what it heard last.
          if (meter.context.state !== 'running') return most;
          meter.getFloatTimeDomainData(samples);
          return samples.reduce((peak, sample) => Math.max(peak, Math.abs(sample)), most);
        }, 0);
      },
      /** How many microphone tracks are still open. */
      openMicrophones() {
        return microphones.filter(track => track.readyState === 'live').length;
      },
      /** How many peer connections are still open. */
      openPeers() {
        return peers.filter(peer => peer.connectionState !== 'closed').length;
      },
      /** How many peer connections the page has made, closed ones too. */
      peersMade() {
        return peers.length;
      },
      /** All statistics of the newest peer connection that is open, by type: a newer one may have been given up again. */
      async statistics() {
        const report = await peers.filter(peer => peer.connectionState !== 'closed').at(-1)?.getStats();
        return report ? [...report.values()] : [];
      },
    },
  });
})(config);
