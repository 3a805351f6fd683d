/** The symbols on the screens, drawn for Tring on a grid of 24. */

/** A handset lying on its back; turned, it is the one that answers. */
const HANDSET =
  "M12 8.2c-3.8 0-7.2 1.1-9.4 3.1-.8.7-1 1.9-.4 2.8l1.2 1.9c.5.8 1.5 1.1 2.4.8l2-.8c.7-.3 1.1-.9 1.1-1.6v-1.5" +
  "c1-.3 2-.4 3.1-.4s2.1.1 3.1.4v1.5c0 .7.4 1.3 1.1 1.6l2 .8c.9.3 1.9 0 2.4-.8l1.2-1.9c.6-.9.4-2.1-.4-2.8" +
  "-2.2-2-5.6-3.1-9.4-3.1z";

const CAPSULE = "M12 3a3 3 0 0 1 3 3v5a3 3 0 0 1-6 0V6a3 3 0 0 1 3-3z";
const STAND = "M5.5 11a6.5 6.5 0 0 0 13 0M12 17.5V21";

interface Drawing {
  path: string;
  /** Filled shapes have no stroke. */
  filled?: boolean;
  /** Degrees around the middle. */
  turn?: number;
  /** A sign in the corner that stays as it is, in lines. */
  sign?: string;
}

const DRAWINGS = {
  answer: { path: HANDSET, filled: true, turn: -135 },
  hangUp: { path: HANDSET, filled: true },
  endAndAnswer: { path: HANDSET, filled: true, turn: -135, sign: "M16 3.5l5 5M21 3.5l-5 5" },
  holdAndAnswer: { path: HANDSET, filled: true, turn: -135, sign: "M16.5 3.5v5.5M20.5 3.5v5.5" },
  hold: { path: "M9 5.5v13M15 5.5v13" },
  resume: { path: "M8 5.2v13.6L18.5 12z" },
  elsewhere: { path: "M3.5 5.5h11v9h-11zM2 18h9M16.5 8.5h4.5V19h-6.5v-5" },
  microphone: { path: CAPSULE + STAND },
  microphoneOff: {
    path: "M15 9.5V6a3 3 0 0 0-5.7-1.3M9 9.5V11a3 3 0 0 0 4.8 2.4M5.5 11a6.5 6.5 0 0 0 10.2 5.3M18.5 11a6.5 6.5 0 0 1-.7 3M12 17.5V21M4 3.5l16 17",
  },
  sound: { path: "M4 9.5v5h3.5L12 18.5v-13L7.5 9.5zM15.5 9a4.2 4.2 0 0 1 0 6M18.2 6.3a8 8 0 0 1 0 11.4" },
  minimise: { path: "M6 9.5l6 6 6-6" },
  restore: { path: "M6 14.5l6-6 6 6" },
  close: { path: "M6.5 6.5l11 11M17.5 6.5l-11 11" },
  weak: { path: "M5 19v-3M10 19v-6M15 19v-2M20 19v-2M15 11V9.5M20 11V5" },
  notice: { path: "M12 7.5v5.5M12 16.4v.1M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 1 0 0-17z" },
} satisfies Record<string, Drawing>;

export type IconName = keyof typeof DRAWINGS;

const SVG = "http://www.w3.org/2000/svg";

/** The symbol as an element that assistive technology skips: its button or text says the same in words. */
export function icon(document: Document, name: IconName): SVGElement {
  const { path, filled, turn, sign }: Drawing = DRAWINGS[name];
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("class", filled ? "filled" : "drawn");
  const draw = (line: string) => {
    const shape = document.createElementNS(SVG, "path");
    shape.setAttribute("d", line);
    svg.append(shape);
    return shape;
  };
  const shape = draw(path);
  if (turn !== undefined) shape.setAttribute("transform", `rotate(${turn} 12 12)`);
  if (sign !== undefined) draw(sign).setAttribute("class", "drawn");
  return svg;
}
