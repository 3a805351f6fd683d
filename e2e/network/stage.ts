/** The lab with the real server, an integrator's site and people at browsers in it. */

import { startSoundDaemon, type SoundDaemon } from '../hearing/sound-daemon.ts';
import { silenceIn, type Silence } from '../hearing/silence.ts';
import { startSite } from '../pages/serve.ts';
import { atChromium } from '../people/chromium.ts';
import { atFirefox } from '../people/firefox.ts';
import { record, type Equipment, type Person, type Recording, type Tab } from '../people/person.ts';
import { startTringAt, type Account, type Tring } from '../tring/server.ts';
import { open, signIn, type Guest } from '../tests/scene.ts';
import { buildLab, SERVER_ADDRESS, type Lab } from './lab.ts';

/** Who comes into the lab. */
export interface Arrival extends Equipment {
  /** The client has two interfaces and a bad road; the peer's network is good. */
  where: 'client' | 'peer';
  /** Chromium unless said otherwise. */
  browser?: Browser;
  /** The page of Tring's own API instead of Signed Call's. */
  page?: 'integrator' | 'native';
}

export type Browser = 'chromium' | 'firefox';

/** A lab in use. */
export interface Stage {
  lab: Lab;
  tring: Tring;
  account: Account;
  /** Somebody opens the integrator's page and signs in. */
  arrives(arrival: Arrival): Promise<Guest>;
  /** Everybody who arrived. */
  guests(): readonly Guest[];
  /** Everybody leaves. */
  empty(): Promise<void>;
  close(): Promise<void>;
}

let arrivals = 0;

/** Builds it; `name` names the server's log, `settings` are those of the account, `flags` those of the server. */
export async function setStage(name: string, settings: string[] = [], flags: string[] = []): Promise<Stage> {
  const lab = await buildLab();
  let tring: Tring | undefined;
  let sound: SoundDaemon | undefined;
  let guests: Guest[] = [];
  const site = await startSite();
  const empty = async (): Promise<void> => {
    const leaving = guests;
    guests = [];
    await Promise.all(leaving.map(guest => guest.leave().catch(() => undefined)));
  };
  const close = async (): Promise<void> => {
    await empty();
    await Promise.all([tring?.stop(), sound?.stop()]);
    site.close();
    await lab.close();
  };
  try {
    tring = await startTringAt({ address: SERVER_ADDRESS, inside: lab.server.inside }, name, ...flags);
    const { origin } = tring;
    const account = tring.account(name, ...settings);
    // The page's own address is 127.0.0.1 for everybody: only there may a page without TLS use a microphone.
    for (const where of [lab.client, lab.peer]) await lab.bring(Number(new URL(site.origin).port), where);

    return {
      lab, tring, account, empty, close,
      guests: () => guests,
      async arrives({ where, browser, page = 'integrator', ...equipment }) {
        const place = { wrapper: lab[where].wrapper, reach: () => lab.reach(lab[where]) };
        const person: Person = browser === 'firefox'
          ? await atFirefox({ ...equipment, place }, sound ??= await startSoundDaemon())
          : await atChromium({ ...equipment, place });
        const cuid = `${equipment.name}_l${++arrivals}`;
        const query = new URLSearchParams({ server: origin, accountId: account.accountId, apikey: account.apikey, cuid });
        const guest = { ...person, cuid, address: `${site.origin}/${page}.html?${query}` };
        guests.push(guest);
        await open(guest.tab, guest.address);
        await signIn(guest.tab);
        return guest;
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** What two people heard while something happened to their network. */
export interface Heard {
  /** What each did not hear from the moment of the fault on. */
  silence: [Silence, Silence];
  /** For how long each one's browser carried no sound at all, in ms. */
  stoodStill: [number, number];
  recordings: [Recording, Recording];
}

/** How long both are listened to before the fault, in ms: recorders start at their own time. */
const PRELUDE_MS = 1_500;

/** Records both for `seconds` from `fault` on, which is done at once. */
export async function listenThrough(pair: [Tab, Tab], seconds: number, fault: () => void | Promise<void>): Promise<Heard> {
  const recording = Promise.all(pair.map(tab => record(tab, seconds + PRELUDE_MS / 1000)));
  recording.catch(() => undefined);
  await pause(PRELUDE_MS / 1000);
  const faultAt = Date.now();
  await fault();
  const recordings = await recording as [Recording, Recording];
  const silences = recordings.map(({ heard, startedAt }) => silenceIn(heard, (faultAt - startedAt) * 48));
  const stoodStill = recordings.map(recording => recording.stoodStill);
  return { silence: silences as [Silence, Silence], stoodStill: stoodStill as [number, number], recordings };
}

/** Lets so many seconds of the call go by: where the time itself is what is being tried. */
export function pause(seconds: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, seconds * 1000));
}

/** A silence in words: `1.31 s`. */
export function words({ total, ended }: Silence): string {
  return `${(total / 1000).toFixed(2)} s${ended ? '' : ' and not over'}`;
}
