/**
 * A sound card for machines without one. Firefox's audio clock stands still without a device; PulseAudio's null sink
 * keeps true time. Chromium needs none.
 */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '../until.ts';

/** A running sound server. */
export interface SoundDaemon {
  /** What a program needs in its environment to play through it. */
  environment: Record<string, string>;
  /** Ends it and deletes its directory. */
  stop(): Promise<void>;
}

/** Starts a sound server of its own, beside whatever the machine has. */
export async function startSoundDaemon(): Promise<SoundDaemon> {
  const directory = mkdtempSync(join(tmpdir(), 'tring-sound-'));
  const socket = join(directory, 'native');
  const environment = { HOME: directory, XDG_RUNTIME_DIR: directory };
  const daemon = spawn('pulseaudio', [
    '-n', '--daemonize=no', '--exit-idle-time=-1',
    '-L', 'module-null-sink sink_name=speaker rate=48000',
    '-L', `module-native-protocol-unix socket=${socket} auth-anonymous=1`,
  ], { env: { ...process.env, ...environment }, stdio: 'ignore' });
  const exited = once(daemon, 'exit');
  await until('PulseAudio listens', () => {
    if (daemon.exitCode !== null) throw new Error(`PulseAudio ended with ${daemon.exitCode}`);
    return existsSync(socket);
  });
  return {
    environment: { ...environment, PULSE_SERVER: `unix:${socket}` },
    async stop() {
      daemon.kill();
      await exited;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
