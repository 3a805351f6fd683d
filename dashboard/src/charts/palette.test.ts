import { expect, it } from "vitest";
import { INK, type Scheme, TINTS } from "./palette";

const SCHEMES: readonly Scheme[] = ["light", "dark"];

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [low = 0, high = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

it.each(SCHEMES)("every colour of a figure stands out from the card, %s", (scheme) => {
  for (const colour of Object.values(TINTS[scheme])) {
    expect(contrast(colour, INK[scheme].card)).toBeGreaterThanOrEqual(3);
  }
});

it.each(SCHEMES)("texts on the card can be read, %s", (scheme) => {
  expect(contrast(INK[scheme].text, INK[scheme].card)).toBeGreaterThanOrEqual(4.5);
  expect(contrast(INK[scheme].faint, INK[scheme].card)).toBeGreaterThanOrEqual(4.5);
});
