/** A bar that shows how loud the microphone is, so that a person sees that they are heard before they ask. */
import { make, type Stage } from "./dom";
import type { Levels } from "./view";

/** How often it moves, in milliseconds: ten times a second looks live and costs nothing. */
const EVERY = 100;
/** What counts as silence, in decibels below full scale: a quiet room measures about this at a headset. */
const FLOOR = -60;

export interface LevelMeter {
  element: HTMLElement;
  /** Moves as long as somebody looks; asks for no levels otherwise. */
  run(running: boolean): void;
}

export function createLevelMeter(stage: Stage, levels: () => Levels): LevelMeter {
  const bar = make(stage, "span", { class: "level" });
  const meter = make(
    stage,
    "span",
    {
      class: "meter",
      role: "meter",
      "aria-label": stage.texts.microphoneLevel,
      "aria-valuemin": "0",
      "aria-valuemax": "100",
    },
    bar,
  );
  const element = make(
    stage,
    "div",
    { class: "row" },
    make(stage, "span", { "aria-hidden": "true" }, stage.texts.microphoneLevel),
    meter,
  );
  let timer: ReturnType<typeof setInterval> | undefined;

  function draw(): void {
    const share = loudnessOf(levels().input);
    bar.style.transform = `scaleX(${share.toFixed(2)})`;
    // In steps, so that a screen reader on it is not told of every breath.
    meter.setAttribute("aria-valuenow", String(Math.round(share * 10) * 10));
  }

  return {
    element,
    run(running) {
      clearInterval(timer);
      timer = undefined;
      if (!running) return;
      draw();
      timer = setInterval(draw, EVERY);
    },
  };
}

/** The share of the bar for a level of 0 to 1: even steps in decibels, as the ear has them. */
export function loudnessOf(level: number): number {
  if (!(level > 0)) return 0;
  return Math.min(1, Math.max(0, 1 - (20 * Math.log10(level)) / FLOOR));
}
