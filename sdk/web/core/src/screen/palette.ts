/**
 * The colours of a screen, worked out from the two that a business chooses.
 *
 * A business may choose two colours that are hard to tell apart. That is its own decision, but nothing here makes it
 * worse: softened text and the sheen behind it appear only where the contrast leaves room for them.
 */
import type { Branding } from "../generated/protocol";

/** The names of the custom properties that the style sheet reads, with their values. */
export type Palette = Record<`--${string}`, string>;

type Rgb = readonly [number, number, number];

/** What WCAG 2.2 asks of text at level AA. */
const READABLE = 4.5;
const NIGHT: Rgb = [27, 31, 59];
const WHITE: Rgb = [255, 255, 255];
const INK: Rgb = [23, 25, 35];
const GREEN: Rgb = [21, 128, 61];
const RED: Rgb = [207, 44, 55];

/** The palette of a branding. */
export function palette(branding: Branding): Palette {
  const background = parse(branding.backgroundColor) ?? NIGHT;
  const text = parse(branding.textColor) ?? WHITE;
  const softened = mix(text, background, 0.25);
  const sheen = mix(background, text, 0.1);
  const roomy = contrast(softened, sheen) >= READABLE;
  const dark = luminance(background) < 0.2;
  const white = branding.buttonTheme === "white";
  return {
    "--background": css(background),
    "--sheen": css(roomy ? sheen : background),
    "--text": css(text),
    "--soft": css(roomy ? softened : text),
    "--field": css(mix(background, text, 0.08)),
    "--button": css(white ? WHITE : mix(background, text, 0.18)),
    "--glyph": css(white ? INK : text),
    "--pressed": css(white ? INK : text),
    "--pressed-glyph": css(white ? WHITE : background),
    "--button-edge": edge(white ? WHITE : null, background, text),
    "--green": css(GREEN),
    "--green-edge": edge(GREEN, background, text),
    "--red": css(RED),
    "--red-edge": edge(RED, background, text),
    "--outline": dark ? "rgb(255 255 255 / 0.16)" : "rgb(0 0 0 / 0.12)",
    "--scheme": dark ? "dark" : "light",
  };
}

/** A line around a button that would otherwise sink into a background of its own colour. */
function edge(button: Rgb | null, background: Rgb, text: Rgb): string {
  return button !== null && contrast(button, background) < 1.4 ? css(text) : "transparent";
}

/** The contrast of two colours as WCAG 2.2 defines it, 1 to 21. */
export function contrast(one: Rgb, other: Rgb): number {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

function luminance(colour: Rgb): number {
  const [red, green, blue] = colour.map((byte) => {
    const share = byte / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** The bytes of `#rrggbb`, or nothing for what is not of that form. */
export function parse(colour: string): Rgb | undefined {
  const hex = /^#([\da-f]{6})$/i.exec(colour)?.[1];
  if (hex === undefined) return undefined;
  const value = Number.parseInt(hex, 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}

function mix(from: Rgb, to: Rgb, share: number): Rgb {
  const at = (index: 0 | 1 | 2) => Math.round(from[index] + (to[index] - from[index]) * share);
  return [at(0), at(1), at(2)];
}

function css([red, green, blue]: Rgb): string {
  return `rgb(${red} ${green} ${blue})`;
}
