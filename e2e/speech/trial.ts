/** One stretch of speech both ways over a bad road, through Tring or from browser to browser. */

import type { Impairment, Traffic } from '../network/lab.ts';
import type { Stage } from '../network/stage.ts';
import { record, type Recording } from '../people/person.ts';
import { open, signIn, talk, type Guest } from '../tests/scene.ts';
import { until } from '../until.ts';
import { count, over, type Counters, type Stretch } from './concealment.ts';
import { scoreRounds } from './score.ts';

/** How two people are connected. */
export const WAYS = ['through Tring', 'unrelayed'] as const;
export type Way = typeof WAYS[number];

/** How long a connection has to adapt before it is judged, in seconds. */
const SETTLE = 6;

/** What one listener got. */
export interface Hearing extends Stretch {
  /** Share of the packets that the road lost; what was sent again and arrived then is counted as both. */
  lost: number;
  /** PESQ of each round of the text. */
  scores: number[];
  /** How long samples waited in the buffer, second by second, in ms. */
  waits: number[];
}

/** What the client heard of the peer, over the road's `down`, and the peer of the client, over `up`. */
export interface Trial { client: Hearing; peer: Hearing }

/** The road as it is without fault. */
export const CLEAN = { loss: 0, burst: 1, delay: 0, jitter: 0, rate: 0, queue: 200 };

/** Connects the two, in this way. */
export async function connect(way: Way, client: Guest, peer: Guest): Promise<void> {
  if (way === 'through Tring') {
    for (const { tab, address } of [client, peer]) {
      await open(tab, address);
      await signIn(tab);
    }
    await talk(client, peer);
  } else {
    for (const { tab, address } of [client, peer]) {
      await tab.goto(`${new URL(address).origin}/peers.html`);
      await tab.click('Open microphone');
      await tab.sees('listening');
    }
    await accept(client, await answer(peer, await offer(client)));
  }
  for (const { tab } of [client, peer]) await until('sound plays', () => tab.evaluate(() => window.testEar.plays()));
}

/** Ends what `connect` began. */
export async function disconnect(way: Way, client: Guest, peer: Guest): Promise<void> {
  if (way === 'through Tring') {
    await peer.tab.click('Hang up');
    await client.tab.seesNoButton('Hang up', 30_000);
  }
  for (const { tab } of [client, peer]) await tab.goto('about:blank');
}

/**
 * Makes the road bad in both directions, waits until both have adapted, and listens for so many seconds. What happens while
 * it listens follows from `road.seed`, if there is one.
 */
export async function tryOut(stage: Stage, client: Guest, peer: Guest, road: Impairment, seconds: number): Promise<Trial> {
  const { seed = Math.random() } = road;
  const spoil = (): Promise<Record<'up' | 'down', Traffic>> =>
    stage.lab.impair({ up: { ...CLEAN, ...road, seed }, down: { ...CLEAN, ...road, seed: seed + 0.5 } });
  await spoil();
  await new Promise(resolve => setTimeout(resolve, SETTLE * 1000));
  const before = await spoil();
  const looks: Counters[][] = [];
  const look = async (): Promise<void> => { looks.push(await Promise.all([client, peer].map(({ tab }) => count(tab)))); };
  await look();
  // A look that fails is one second less in the figures; whatever made it fail ends the recording, too.
  const watch = setInterval(() => void look().catch(() => undefined), 1_000);
  let recordings: Recording[];
  try {
    recordings = await Promise.all([client, peer].map(({ tab }) => record(tab, seconds)));
  } finally {
    clearInterval(watch);
  }
  await look();
  const after = await stage.lab.impair({ up: CLEAN, down: CLEAN });
  const lostOn = (lane: 'up' | 'down'): number => {
    const [passed, lost] = [after[lane].passed - before[lane].passed, after[lane].lost - before[lane].lost];
    return lost / Math.max(1, passed + lost);
  };
  const hearing = (at: 0 | 1, speaker: Guest): Hearing => {
    const own = looks.map(counters => counters[at]!);
    const sender = looks.map(counters => counters[1 - at]!);
    return {
      ...over(own),
      lost: lostOn(at === 0 ? 'down' : 'up'),
      packetBytes: over(sender).packetBytes,
      waits: own.slice(1).map((look, i) => over([own[i]!, look]).waited),
      scores: scoreRounds(speaker.speech, recordings[1 - at]!, recordings[at]!),
    };
  };
  return { client: hearing(0, peer), peer: hearing(1, client) };
}

const offer = (guest: Guest): Promise<string> => step(guest, 'offer');
const answer = (guest: Guest, sdp: string): Promise<string> => step(guest, 'answer', sdp);
const accept = (guest: Guest, sdp: string): Promise<string> => step(guest, 'accept', sdp);

function step(guest: Guest, name: string, sdp?: string): Promise<string> {
  return guest.tab.evaluate(
    ([wanted, text]) => (window as unknown as Record<string, (sdp?: string) => Promise<string>>)[wanted!]!(text),
    [name, sdp] as const);
}
