/** Debian's coturn beside the server, as an operator runs it for people whose firewalls let nothing else through. */

import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ARTIFACTS } from '../people/person.ts';
import { until } from '../until.ts';
import { SERVER_ADDRESS, type Lab } from './lab.ts';

/** A running TURN server. */
export interface Turn {
  /** The file with what it shares with the Tring server, which makes time-limited credentials of it. */
  secretFile: string;
  /** Where it listens for TCP, and for TLS over TCP. */
  urls: { tcp: string; tls: string };
  /** The fingerprint of its self-signed certificate's key, in the form that Chromium takes. */
  spki: string;
  stop(): Promise<void>;
}

const PORT = 3478;
const TLS_PORT = 443;

/** Starts it in the server's namespace. */
export async function startTurn(lab: Lab, name: string): Promise<Turn> {
  const directory = mkdtempSync(join(tmpdir(), 'tring-turn-'));
  const [key, certificate, secretFile] = ['key.pem', 'certificate.pem', 'secret'].map(file => join(directory, file)) as [string, string, string];
  const secret = randomBytes(24).toString('hex');
  writeFileSync(secretFile, secret);
  execFileSync('openssl', [
    'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2', '-keyout', key, '-out', certificate,
    '-subj', '/CN=turn.lab.example', '-addext', `subjectAltName=IP:${SERVER_ADDRESS}`,
  ], { stdio: 'ignore' });
  const publicKey = execFileSync('sh', ['-c', `openssl x509 -in ${certificate} -pubkey -noout | openssl pkey -pubin -outform der | openssl dgst -sha256 -binary | base64`]);
  mkdirSync(join(ARTIFACTS, 'logs'), { recursive: true });
  const log = createWriteStream(join(ARTIFACTS, 'logs', `turn-${name}.log`));
  const [program, ...inside] = lab.server.inside as [string, ...string[]];
  const child = spawn(program, [
    ...inside, 'turnserver', '-n', '--verbose', '--log-file', 'stdout', '--pidfile', join(directory, 'pid'), '--db', join(directory, 'db'),
    '--listening-ip', SERVER_ADDRESS, '--relay-ip', SERVER_ADDRESS, '--listening-port', `${PORT}`, '--tls-listening-port', `${TLS_PORT}`,
    '--cert', certificate, '--pkey', key, '--realm', 'lab.example', '--use-auth-secret', '--static-auth-secret', secret, '--no-cli', '--no-udp', '--no-dtls',
  ], { stdio: ['ignore', 'pipe', 'pipe'] });
  const exited = once(child, 'exit');
  for (const stream of [child.stdout, child.stderr]) stream.pipe(log, { end: false });
  const listens = (port: number): boolean => lab.server.run('ss', '-Hltn', `sport = :${port}`).trim() !== '';
  await until('coturn listens', () => {
    if (child.exitCode !== null) throw new Error(`turnserver ended with ${child.exitCode}, see turn-${name}.log`);
    return listens(PORT) && listens(TLS_PORT);
  });
  return {
    secretFile,
    urls: { tcp: `turn:${SERVER_ADDRESS}:${PORT}?transport=tcp`, tls: `turns:${SERVER_ADDRESS}:${TLS_PORT}?transport=tcp` },
    spki: publicKey.toString().trim(),
    async stop() {
      child.kill();
      await exited;
      log.end();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
