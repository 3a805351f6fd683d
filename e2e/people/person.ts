/**
 * A person at a browser, whichever browser it is: they click what a screen reader would name, read what is visible,
 * speak with a voice of their own and remember what they heard.
 */

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fromPcm, toWav, type Speech, type Voice } from '../hearing/speech.ts';
import { likeness, type Likeness } from '../hearing/correlation.ts';

/** Where screenshots, recordings and logs of a run are kept. */
export const ARTIFACTS = new URL('../../artifacts/', import.meta.url).pathname;

/** A network that is not the machine's own, with a browser in it. */
export interface Place {
  /** An executable that runs `program` there. */
  wrapper(program: string): string;
  /** A port of this machine's 127.0.0.1 that leads to the same one there. */
  reach(): Promise<number>;
}

/** What to give a person. */
export interface Equipment {
  /** Names their files among the artefacts. */
  name: string;
  /** Whose voice comes from their microphone. */
  voice?: Voice;
  /** `denied`: the browser refuses it to pages; `absent`: there is none. */
  microphone?: 'speaks' | 'denied' | 'absent';
  /**
   * The site was allowed to use the microphone for good, on an earlier visit. Only then Chromium looks at every interface of
   * the machine, instead of leaving the choice to the system.
   */
  remembered?: boolean;
  /** `blocked`: no UDP leaves the browser, as behind some firewalls. */
  udp?: 'open' | 'blocked';
  /** Where on the network they are; on the machine's own if nothing is said. */
  place?: Place;
  /** The hash of a key whose certificates Chromium accepts though nobody signed them. */
  trusts?: string;
  /** What their window measures; a small desktop if nothing is said. */
  window?: { width: number; height: number };
  /** The system's colour scheme. */
  scheme?: 'light' | 'dark';
  /** The system's wish for less motion. */
  motion?: 'full' | 'reduced';
  /** Whether pages may show notifications. */
  notifications?: 'granted' | 'default';
}

/** What a page recorded during a stretch of a call. */
export interface Recording {
  /** From the call. */
  heard: Float32Array;
  /** Into the microphone. */
  said: Float32Array;
  /** Wall time of the first sample, in milliseconds. */
  startedAt: number;
  /** For how long its audio stood still meanwhile, in milliseconds: those samples do not exist. */
  stoodStill: number;
}

/** One tab of a person's browser. */
export interface Tab {
  /** Opens `url` here. */
  goto(url: string): Promise<void>;
  /** What the reload button does. */
  reload(): Promise<void>;
  /** What closing the tab does; the page gets its unload events. */
  close(): Promise<void>;
  /** Clicks the button with this accessible name. */
  click(button: string): Promise<void>;
  /** Types into the field with this label, replacing what it holds. */
  fill(label: string, text: string): Promise<void>;
  /** Presses a key, by its DOM name: `Tab`, `Enter`, `Escape`. */
  press(key: string): Promise<void>;
  /** Waits until `text` can be read somewhere on the page. */
  sees(text: string, deadline?: number): Promise<void>;
  /** Waits until `text` can be read nowhere. */
  seesNoMore(text: string, deadline?: number): Promise<void>;
  /** Waits until a button with this accessible name is there. */
  seesButton(name: string, deadline?: number): Promise<void>;
  /** Waits until no button has this accessible name. */
  seesNoButton(name: string, deadline?: number): Promise<void>;
  /** Runs a function in the page; it must not use anything outside itself. */
  evaluate<R, A = undefined>(run: (argument: A) => R | Promise<R>, argument?: A): Promise<R>;
  /** Writes what the window shows to `artifacts/<file>.png`. */
  screenshot(file: string): Promise<void>;
  /** Errors that the page reported: uncaught ones and those on its console. */
  complaints: string[];
}

/** Somebody with a browser of their own; the profile is new and goes with them. */
export interface Person {
  name: string;
  /** What comes from their microphone, over and over. */
  speech: Speech;
  /** The tab that was open first. */
  tab: Tab;
  /** Opens another tab. */
  newTab(): Promise<Tab>;
  /** Ends the browser in order and deletes its profile. */
  leave(): Promise<void>;
}

/** The functions of `hearing/ear.js` in a page. */
interface TestEar {
  record(seconds: number): Promise<{ startedAt: number; stoodStill: number; said: string; heard: string }>;
  plays(): boolean;
  loudness(): number;
  openMicrophones(): number;
  openPeers(): number;
  peersMade(): number;
  statistics(): Promise<RTCStats[]>;
}

declare global {
  interface Window { testEar: TestEar }
}

/** Records `seconds` of what the tab's person hears and says. */
export async function record(tab: Tab, seconds: number): Promise<Recording> {
  const { said, heard, ...times } = await tab.evaluate(wanted => window.testEar.record(wanted), seconds);
  return { ...times, said: samples(said), heard: samples(heard) };
}

/** Writes a recording among the artefacts, so that a failed judgement can be listened to. */
export function keep(recording: Float32Array, file: string): void {
  mkdirSync(join(ARTIFACTS, 'audio'), { recursive: true });
  writeFileSync(join(ARTIFACTS, 'audio', `${file}.wav`), toWav(recording));
}

/** How well a recording matches what `speaker` says, and how well it matches what somebody else says. */
export function judge(recording: Float32Array, speaker: Person, control: Person): { speech: Likeness; control: Likeness } {
  return { speech: likeness(recording, speaker.speech.samples), control: likeness(recording, control.speech.samples) };
}

function samples(base64: string): Float32Array {
  return fromPcm(Uint8Array.from(Buffer.from(base64, 'base64')));
}
