/**
 * Colours that stay apart for people who confuse red with green, at least 3:1 against the card in light and in dark,
 * and a pattern for each, so that a stack can be read without any colour.
 */
import type { Tint } from "./model";

export type Scheme = "light" | "dark";

export const TINTS: Readonly<Record<Scheme, Readonly<Record<Tint, string>>>> = {
  light: {
    over: "#007a5a",
    declined: "#c2410c",
    missed: "#a16207",
    cancelled: "#4048c8",
    failed: "#9d2f6f",
    first: "#4048c8",
    second: "#c2410c",
    third: "#007a5a",
    good: "#007a5a",
    fair: "#a16207",
    poor: "#9d2f6f",
  },
  dark: {
    over: "#34c89a",
    declined: "#fb8b4b",
    missed: "#eab308",
    cancelled: "#98a2ff",
    failed: "#ec8cc2",
    first: "#98a2ff",
    second: "#fb8b4b",
    third: "#34c89a",
    good: "#34c89a",
    fair: "#eab308",
    poor: "#ec8cc2",
  },
};

/** What is not a figure: texts, axes, the card behind. The ramp of a heat map goes from `ground` to `full`. */
export interface Ink {
  readonly text: string;
  readonly faint: string;
  readonly line: string;
  readonly card: string;
  readonly ground: string;
  readonly full: string;
}

export const INK: Readonly<Record<Scheme, Ink>> = {
  light: {
    text: "#171923",
    faint: "#555b6e",
    line: "#d9dce6",
    card: "#ffffff",
    ground: "#eef0fd",
    full: "#2e3594",
  },
  dark: {
    text: "#eceef5",
    faint: "#a4aabd",
    line: "#2b303e",
    card: "#171a23",
    ground: "#1f2330",
    full: "#98a2ff",
  },
};

/** Strokes laid over a stacked bar. The most frequent status has none: it is the ground from which the others differ. */
export interface Pattern {
  readonly symbol: "rect" | "circle";
  readonly rotation: number;
  readonly dashArrayX: readonly number[];
  readonly dashArrayY: readonly number[];
  readonly symbolSize: number;
}

const stripes = (rotation: number): Pattern => ({
  symbol: "rect",
  rotation,
  dashArrayX: [1, 0],
  dashArrayY: [2, 5],
  symbolSize: 1,
});

export const PATTERNS: Readonly<Partial<Record<Tint, Pattern>>> = {
  declined: stripes(Math.PI / 4),
  missed: { symbol: "circle", rotation: 0, dashArrayX: [6, 6], dashArrayY: [6, 6], symbolSize: 0.6 },
  cancelled: stripes(-Math.PI / 4),
  failed: stripes(Math.PI / 2),
  second: stripes(Math.PI / 4),
  fair: stripes(Math.PI / 4),
  poor: stripes(-Math.PI / 4),
};
