/** What goes wrong on the way between the client and the server. Each fault returns the function that mends it. */

import { addressOf, connectInterface, INTERFACES, SERVER_ADDRESS, TRANSLATED, type Interface, type Lab } from './lab.ts';

/** Ends a fault. */
export type Mend = () => void;

/** The interface is gone with its address and routes, as when a card is pulled or a phone leaves its Wi-Fi. */
export function unplug(lab: Lab, name: Interface): Mend {
  lab.client.ip('link', 'del', name);
  return () => connectInterface(lab, name);
}

/**
 * The interface that both the client's sound and its signalling use; nothing if they do not use the same one, which happens
 * after an interface was gone and came back.
 */
export async function activeInterface(lab: Lab): Promise<Interface | undefined> {
  const before = INTERFACES.map(lab.packets);
  await new Promise(resolve => setTimeout(resolve, 500));
  const carried = INTERFACES.map((name, index) => lab.packets(name) - before[index]!);
  const number = carried.indexOf(Math.max(...carried));
  const sockets = lab.client.run('ss', '-Htn', 'state', 'established', 'dst', SERVER_ADDRESS);
  const signalling = INTERFACES.filter((_, index) => sockets.includes(` ${addressOf(index)}:`));
  return signalling.length === 1 && signalling[0] === INTERFACES[number] ? signalling[0] : undefined;
}

/** The interface and its address stay, but nothing gets through: the Wi-Fi of a train in a tunnel. */
export function blackhole(lab: Lab, name: Interface): Mend {
  const rules = [['-i', name], ['-o', name]].map(side => block(lab, ...side, '-j', 'DROP'));
  return () => rules.forEach(mend => mend());
}

/** Nothing gets through by any way. */
export function outage(lab: Lab): Mend {
  return block(lab, '-j', 'DROP');
}

/** TCP to the server is reset and refused, so that signalling is lost while audio by UDP goes on. */
export function cutSignalling(lab: Lab, origin: string): Mend {
  return block(lab, '-p', 'tcp', '-d', SERVER_ADDRESS, '--dport', new URL(origin).port, '-j', 'REJECT', '--reject-with', 'tcp-reset');
}

/** A firewall that swallows UDP, as in some offices. */
export function blockUdp(lab: Lab): Mend {
  return block(lab, '-p', 'udp', '-j', 'DROP');
}

/** A firewall that refuses TCP to this port of the server. */
export function blockTcp(lab: Lab, port: number): Mend {
  return block(lab, '-p', 'tcp', '-d', SERVER_ADDRESS, '--dport', `${port}`, '-j', 'REJECT', '--reject-with', 'tcp-reset');
}

/** Address translation of UDP between the client and the server. */
export interface Translation {
  /** Gives all flows new addresses and ports, as a router does that was restarted; the client notices nothing. */
  move(): void;
  end: Mend;
}

/** Puts the client behind a translator of addresses. */
export function translateAddresses(lab: Lab): Translation {
  let number = 0;
  let end: Mend = () => undefined;
  const move = (): void => {
    end();
    number += 1;
    const address = `${TRANSLATED}.${number}`;
    const from = 40_000 + number * 1_000;
    const rule = ['-o', 'road', '-p', 'udp', '-j', 'SNAT', '--to-source', `${address}:${from}-${from + 999}`];
    lab.street.run('iptables', '-t', 'nat', '-I', 'POSTROUTING', ...rule);
    end = () => void lab.street.run('iptables', '-t', 'nat', '-D', 'POSTROUTING', ...rule);
    lab.street.run('sh', '-c', 'conntrack -D -p udp >/dev/null 2>&1 || true');
  };
  move();
  return { move, end: () => end() };
}

/** Every process of the client stands still, as when a laptop's lid is closed. */
export function suspend(lab: Lab): Mend {
  const stopped = lab.client.processes();
  for (const pid of stopped) process.kill(pid, 'SIGSTOP');
  return () => { for (const pid of stopped) process.kill(pid, 'SIGCONT'); };
}

/** Firewall rules of the street; the first to match decides, so the newest is put first. */
function block(lab: Lab, ...rule: string[]): Mend {
  lab.street.run('iptables', '-I', 'FORWARD', ...rule);
  return () => void lab.street.run('iptables', '-D', 'FORWARD', ...rule);
}
