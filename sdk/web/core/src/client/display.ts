/** What the person sees and hears of the call in front: screens, system notification and tones. */
import type { ShownCall } from "../call/types";
import type { Branding, CallSnapshot } from "../generated/protocol";
import type { SoundState } from "../media/types";
import { notifyIncoming } from "../screen/notification";
import { createCallScreens } from "../screen/screens";
import type { Levels, ScreenAction } from "../screen/view";
import { createSounds } from "../sound/sounds";
import { completeTexts, fill } from "../texts/texts";
import { nameOf, present, soundOf } from "./present";
import type { ClientOptions } from "./types";

export interface Display {
  show(view: ShownCall | null): void;
  showElsewhere(calls: CallSnapshot[]): void;
  brand(branding: Branding): void;
  /** Again, because the sound is different from before. */
  draw(): void;
  destroy(): void;
}

export interface DisplaySurroundings {
  window: Window & typeof globalThis;
  options: Pick<ClientOptions, "texts" | "ringtone" | "screens">;
  sound(): SoundState;
  levels(): Levels;
  act(action: ScreenAction): void;
}

export function createDisplay({ window, options, sound, levels, act }: DisplaySurroundings): Display {
  const texts = completeTexts(options.texts);
  const hasScreens = options.screens ?? true;
  const screens = hasScreens
    ? createCallScreens({ document: window.document, texts: options.texts ?? {}, levels })
    : undefined;
  const sounds = createSounds({ window, ...(options.ringtone ? { ringtone: options.ringtone } : {}) });
  let branding: Branding | undefined;
  let shown: ShownCall | null = null;
  let elsewhere: CallSnapshot[] = [];
  let heard: ReturnType<typeof soundOf> = "silence";
  let unnotify = () => {};

  screens?.onAction(act);

  function draw(): void {
    if (!branding) return;
    const calls = elsewhere.map(({ callId, peer }) => ({ callId, peer }));
    screens?.showElsewhere({ calls, branding });
    if (!shown) return screens?.show(null);
    // Recomputed each time, so that a corrected wall clock corrects the timer.
    const clockOffset = Date.now() - window.performance.now();
    screens?.show(present(shown, { branding, texts, sound: sound(), clockOffset }));
  }

  function notify(): void {
    unnotify();
    unnotify = () => {};
    if (!hasScreens || shown?.phase !== "incoming") return;
    const icon = shown.image ?? branding?.logo ?? undefined;
    const title = fill(texts.notificationTitle, { name: nameOf(shown.peer) });
    unnotify = notifyIncoming({ title, body: shown.context, ...(icon ? { icon } : {}) }, () => {}, window.document);
  }

  function sing(): void {
    const next = soundOf(shown);
    if (next === heard) return;
    heard = next;
    if (next === "silence") sounds.stop();
    else sounds[next]();
  }

  return {
    show(view) {
      const before = shown;
      shown = view;
      if (view?.phase !== before?.phase) notify();
      draw();
      sing();
    },
    showElsewhere(calls) {
      elsewhere = calls;
      draw();
    },
    brand(next) {
      branding = next;
      draw();
    },
    draw,
    destroy() {
      unnotify();
      screens?.destroy();
      sounds.destroy();
    },
  };
}
