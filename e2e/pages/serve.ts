/** The integrator's own web site: serves this folder from an origin that is not Tring's, as real integrations have it. */

import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { basename, extname } from 'node:path';

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8', '.js': 'text/javascript; charset=utf-8', '.css': 'text/css; charset=utf-8', '.svg': 'image/svg+xml',
};

/** A running web site. */
export interface Site {
  /** `http://127.0.0.1:PORT`. */
  origin: string;
  /** Ends it. */
  close(): void;
}

/** Starts the web site. */
export async function startSite(): Promise<Site> {
  const server = createServer((request, response) => {
    const name = basename(new URL(request.url ?? '/', 'http://site').pathname);
    readFile(new URL(name, import.meta.url)).then(
      body => response.writeHead(200, { 'content-type': TYPES[extname(name)] ?? 'application/octet-stream' }).end(body),
      () => response.writeHead(name === 'favicon.ico' ? 204 : 404).end(),
    );
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
