/**
 * The network between a page and the server, which a test can cut: a TCP relay in front of the server's port. Audio
 * goes by UDP and past it.
 */

import { createServer, connect, type AddressInfo, type Socket } from 'node:net';

/** A line to the server. */
export interface Line {
  /** What pages use instead of the server's own origin. */
  origin: string;
  /** Drops every connection and takes no new one. */
  cut(): void;
  /** Nothing gets through the connections that there are any more, though neither end is told; new ones are carried. */
  swallow(): void;
  /** Carries again. */
  mend(): void;
  /** Ends it. */
  close(): void;
}

/** Lays a line to `target`, an origin. */
export async function layLine(target: string): Promise<Line> {
  const { hostname, port } = new URL(target);
  const open = new Set<Socket>();
  let whole = true;
  const server = createServer(near => {
    if (!whole) return void near.destroy();
    const far = connect(Number(port), hostname);
    for (const [from, to] of [[near, far], [far, near]] as const) {
      open.add(from);
      from.pipe(to);
      from.on('error', () => to.destroy());
      from.on('close', () => {
        open.delete(from);
        to.destroy();
      });
    }
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const drop = (): void => { for (const socket of open) socket.destroy(); };
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut() {
      whole = false;
      drop();
    },
    swallow() {
      for (const socket of open) {
        socket.unpipe();
        socket.resume();
      }
    },
    mend() { whole = true; },
    close() {
      server.close();
      drop();
    },
  };
}
