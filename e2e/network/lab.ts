/**
 * A small internet on one machine, for real browsers and the real server:
 *
 * ```text
 *  client                     street                      server              peer
 *   wlan0 10.77.1.2 ─ veth ─ 10.77.1.1 ┐
 *                                      ├ road ─ TUN ─ road  10.99.0.1  ─ veth ─ eth0 10.77.3.2
 *   wwan0 10.77.2.2 ─ veth ─ 10.77.2.1 ┘
 * ```
 *
 * The client has two interfaces and prefers `wlan0`; what leaves from an interface's address takes that interface, as on
 * phones. The street is where routers, firewalls and address translation are; the road is where packets get lost. What
 * goes wrong is done by the functions of `faults.ts`. Nothing here is visible outside, so labs run beside each other.
 */

import { execFileSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { attend, makeNamespace, removeOwnNamespaces, sweepNamespaces, type Attendant, type Namespace } from './namespace.ts';

/** Where the server listens. */
export const SERVER_ADDRESS = '10.99.0.1';
/**
 * The client's interfaces, the preferred one first: by the system because of its metric, by Chromium because its name comes
 * first in the alphabet.
 */
export const INTERFACES = ['wlan0', 'wwan0'] as const;
/** The first bytes of the addresses that translation gives; what comes back for a flow that is forgotten goes nowhere. */
export const TRANSLATED = '10.77.8';
export type Interface = typeof INTERFACES[number];

/** What the road does to packets of one direction; what is left out stays as it is. */
export interface Impairment {
  /** Share lost, 0 to 1. */
  loss?: number;
  /** How many are lost in a row, on average; 1 for independent loss. */
  burst?: number;
  /** How long all take, in ms. */
  delay?: number;
  /** How much longer or shorter at random, in ms; packets may overtake each other. */
  jitter?: number;
  /** Kilobits per second; 0 for no limit. */
  rate?: number;
  /** How much traffic waits when the rate is used up, in ms; the rest is lost. */
  queue?: number;
  /** Begins chance anew: the same seed gives the same losses and delays again, packet by packet. */
  seed?: number;
}

/** Packets that the road has taken so far. */
export interface Traffic { passed: number; lost: number }

/** The running lab. */
export interface Lab {
  client: Namespace;
  street: Namespace;
  server: Namespace;
  peer: Namespace;
  /** Changes what the road does to packets from the client (`up`) and to it (`down`). */
  impair(lanes: { up?: Impairment; down?: Impairment }): Promise<{ up: Traffic; down: Traffic }>;
  /** Makes `127.0.0.1:port` in `where` lead to the same port of the machine itself. */
  bring(port: number, where: Namespace): Promise<void>;
  /** Makes a port of 127.0.0.1 of the machine itself lead to the same port in `where`, and names it. */
  reach(where: Namespace): Promise<number>;
  /** Packets that each of the client's interfaces has sent and received so far. */
  packets(name: Interface): number;
  /** Ends everything that runs in it. */
  close(): Promise<void>;
}

/** Why this machine cannot have a lab, in words; nothing if it can. */
export function whyNoLab(): string | undefined {
  if (process.platform !== 'linux') return 'network namespaces need Linux';
  if (process.getuid?.() !== 0) return 'network namespaces need root';
  try {
    accessSync('/dev/net/tun', constants.R_OK | constants.W_OK);
  } catch {
    return '/dev/net/tun is not there';
  }
  for (const [program, flag] of [['ip', '-V'], ['iptables', '-V'], ['conntrack', '-V'], ['python3', '-V']] as const) {
    try {
      execFileSync(program, [flag], { stdio: 'ignore' });
    } catch {
      return `${program} is not installed`;
    }
  }
  try {
    const trial = makeNamespace('trial');
    try {
      trial.run('iptables', '-A', 'INPUT', '-p', 'udp', '-j', 'DROP');
    } finally {
      trial.remove();
    }
  } catch (error) {
    return `a network namespace cannot be made: ${(error as Error).message.split('\n')[0]}`;
  }
  return undefined;
}

/** Builds a lab in which nothing is wrong yet. */
export async function buildLab(): Promise<Lab> {
  sweepNamespaces();
  removeAtTheEnd();
  const client = makeNamespace('client');
  const street = makeNamespace('street');
  const server = makeNamespace('server');
  const peer = makeNamespace('peer');
  const attendants: Attendant[] = [];
  const all = [client, street, server, peer];
  const close = async (): Promise<void> => {
    await Promise.all(attendants.map(attendant => attendant.end()));
    for (const namespace of all) namespace.remove();
  };
  try {
    for (const between of [street, server]) between.run('sh', '-c', 'echo 1 > /proc/sys/net/ipv4/ip_forward');
    server.ip('address', 'add', `${SERVER_ADDRESS}/32`, 'dev', 'lo');
    const road = await attend('impair.py', street.name, 'road', server.name, 'road');
    attendants.push(road);
    connectRoad(street, server);
    for (const name of INTERFACES) connectInterface({ client, street }, name);
    connectPeer(server, peer);
    return {
      client, street, server, peer, close,
      packets(name) {
        const [link] = JSON.parse(client.ip('-s', '-j', 'link', 'show', name)) as [{ stats64: { rx: Count; tx: Count } }];
        return link.stats64.rx.packets + link.stats64.tx.packets;
      },
      impair: async lanes => JSON.parse(await road.ask(JSON.stringify(lanes))) as { up: Traffic; down: Traffic },
      async bring(port, where) {
        attendants.push(await attend('door.py', where.name, '127.0.0.1', `${port}`, '-', '127.0.0.1', `${port}`));
      },
      async reach(where) {
        const port = await freePort();
        attendants.push(await attend('door.py', '-', '127.0.0.1', `${port}`, where.name, '127.0.0.1', `${port}`));
        return port;
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The client's address on its interface of this number. */
export function addressOf(index: number): string {
  return `10.77.${index + 1}.2`;
}

/** Plugs one of the client's interfaces in, with its routes; also after it was taken away. */
export function connectInterface({ client, street }: Pick<Lab, 'client' | 'street'>, name: Interface): void {
  const number = INTERFACES.indexOf(name) + 1;
  const subnet = `10.77.${number}`;
  client.ip('link', 'add', name, 'type', 'veth', 'peer', 'name', name, 'netns', street.name);
  street.ip('address', 'add', `${subnet}.1/24`, 'dev', name);
  street.ip('link', 'set', name, 'up');
  client.ip('address', 'add', `${subnet}.2/24`, 'dev', name);
  client.ip('link', 'set', name, 'up');
  client.ip('route', 'replace', 'default', 'via', `${subnet}.1`, 'dev', name, 'metric', `${number * 10}`);
  client.ip('route', 'replace', 'default', 'via', `${subnet}.1`, 'dev', name, 'table', `${100 + number}`);
  if (!client.ip('rule').includes(`from ${subnet}.2 `)) client.ip('rule', 'add', 'from', `${subnet}.2`, 'lookup', `${100 + number}`);
}

function connectRoad(street: Namespace, server: Namespace): void {
  for (const [end, own, other] of [[street, '10.77.9.1', '10.77.9.2'], [server, '10.77.9.2', '10.77.9.1']] as const) {
    end.ip('address', 'add', own, 'peer', other, 'dev', 'road');
    end.ip('link', 'set', 'road', 'up');
  }
  street.ip('route', 'add', 'default', 'via', '10.77.9.2');
  server.ip('route', 'add', '10.77.0.0/16', 'via', '10.77.9.1');
  // What is sent to an interface that is gone disappears, as it does in the air, instead of being refused.
  for (const index of INTERFACES.keys()) street.ip('route', 'add', 'blackhole', `10.77.${index + 1}.0/24`, 'metric', '1000');
  street.ip('route', 'add', 'blackhole', `${TRANSLATED}.0/24`);
}

function connectPeer(server: Namespace, peer: Namespace): void {
  peer.ip('link', 'add', 'eth0', 'type', 'veth', 'peer', 'name', 'peer', 'netns', server.name);
  server.ip('address', 'add', '10.77.3.1/24', 'dev', 'peer');
  server.ip('link', 'set', 'peer', 'up');
  peer.ip('address', 'add', '10.77.3.2/24', 'dev', 'eth0');
  peer.ip('link', 'set', 'eth0', 'up');
  peer.ip('route', 'add', 'default', 'via', '10.77.3.1');
}

interface Count { packets: number }

let registered = false;

/** A run that is interrupted leaves nothing behind either. */
function removeAtTheEnd(): void {
  if (registered) return;
  registered = true;
  process.once('exit', removeOwnNamespaces);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => {
      removeOwnNamespaces();
      process.kill(process.pid, signal);
    });
  }
}

async function freePort(): Promise<number> {
  const { createServer } = await import('node:net');
  const server = createServer();
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise(resolve => server.close(resolve));
  if (!address || typeof address === 'string') throw new Error('a TCP server has a port');
  return address.port;
}
