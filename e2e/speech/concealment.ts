/** What a receiving browser says about a stretch of a call: what it made up, and how long sound waited. */

import type { Tab } from '../people/person.ts';

/** The counters of the one audio stream that a page receives. */
export interface Counters {
  totalSamplesReceived: number;
  concealedSamples: number;
  /** Seconds that all samples together waited in the buffer, and how many left it. */
  jitterBufferDelay: number;
  jitterBufferEmittedCount: number;
  /** Audio packets sent, and their bytes without headers. */
  packetsSent: number;
  bytesSent: number;
}

/** Over a while. */
export interface Stretch {
  /** Share of the samples that were made up. */
  concealed: number;
  /** How long samples waited in the buffer on average, in ms. */
  waited: number;
  /** Bytes in a packet that this side sent: RED doubles them. */
  packetBytes: number;
}

const NAMES = ['totalSamplesReceived', 'concealedSamples', 'jitterBufferDelay', 'jitterBufferEmittedCount'] as const;

/** Looks at the counters of the newest connection. */
export async function count(tab: Tab): Promise<Counters> {
  const statistics = await tab.evaluate(() => window.testEar.statistics()) as unknown as Record<string, unknown>[];
  const of = (type: string): Record<string, unknown> => statistics.find(entry => entry['type'] === type && entry['kind'] === 'audio') ?? {};
  const [inbound, outbound] = [of('inbound-rtp'), of('outbound-rtp')];
  const counters = Object.fromEntries(NAMES.map(name => [name, Number(inbound[name] ?? 0)])) as unknown as Counters;
  return { ...counters, packetsSent: Number(outbound['packetsSent'] ?? 0), bytesSent: Number(outbound['bytesSent'] ?? 0) };
}

/** What happened over a row of looks. A connection that was replaced in between begins to count anew. */
export function over(looks: readonly Counters[]): Stretch {
  const grown = (name: keyof Counters): number => looks.slice(1).reduce((sum, look, i) => {
    const before = looks[i]!;
    return sum + look[name] - (look.totalSamplesReceived < before.totalSamplesReceived ? 0 : before[name]);
  }, 0);
  return {
    concealed: grown('concealedSamples') / Math.max(1, grown('totalSamplesReceived')),
    waited: 1000 * grown('jitterBufferDelay') / Math.max(1, grown('jitterBufferEmittedCount')),
    packetBytes: grown('bytesSent') / Math.max(1, grown('packetsSent')),
  };
}
