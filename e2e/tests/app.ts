/** People at an app that is made with Tring's own API instead of a vendor's. */

import { open, signIn, type Arrival, type Guest, type Scene } from './scene.ts';

/** What the app's page keeps for tests; of the API only what they use. */
export interface AppWindow {
  app: {
    client: {
      check(): Promise<Check>;
      devices: {
        microphones: { id: string; label: string }[];
        microphone: string | undefined;
        noiseSuppression: boolean;
        isMicrophoneInterrupted: boolean;
        levels: { input: number; output: number };
        chooseMicrophone(id: string): void;
        setNoiseSuppression(on: boolean): void;
      };
    };
    microphones: MediaStreamTrack[];
    qualities: Quality[];
  };
}

export interface Check {
  verdict: 'good' | 'poor' | 'impossible';
  words: string;
  reasons: string[];
  microphone: string;
  signalling: boolean;
  udp?: { works: boolean; rtt?: number; lost?: number };
  tcp?: { works: boolean; rtt?: number; lost?: number };
}

export interface Quality {
  mos: number;
  lost: number;
  concealed: number;
  rtt?: number;
  path?: string;
  poorNetwork: string;
}

/** Somebody opens the app and signs in. */
export async function arrivesAtApp(stage: Scene, arrival: Arrival): Promise<Guest> {
  const guest = await stage.visits(arrival);
  const address = guest.address.replace('integrator.html', 'app.html');
  await open(guest.tab, address);
  await signIn(guest.tab);
  return { ...guest, address };
}
