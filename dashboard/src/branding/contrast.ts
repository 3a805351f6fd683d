/** Whether the text of a call screen can be read on its background. */
import { contrast, parse } from "@tring/core/screen/palette";

/** What WCAG 2.2 asks of text: 4.5 at level AA, 7 at AAA, and 3 of large text. */
const READABLE = 4.5;
const LARGE_ONLY = 3;

/** How two colours go together. */
export interface Readability {
  /** 1 to 21, to a tenth; rounded down, so that it never flatters. */
  ratio: number;
  level: "good" | "weak" | "bad";
  sentence: string;
}

/** How well `text` is read on `background`; nothing while one of them is not a colour yet. */
export function readability(background: string, text: string): Readability | undefined {
  const [behind, before] = [parse(background), parse(text)];
  if (!behind || !before) return undefined;
  const exact = contrast(behind, before);
  const ratio = Math.floor(exact * 10) / 10;
  if (exact >= READABLE) {
    return { ratio, level: "good", sentence: `Contrast ${ratio} : 1. Everybody can read this.` };
  }
  const asked = `At least ${READABLE} : 1 is needed (WCAG 2.2, level AA).`;
  return exact >= LARGE_ONLY
    ? { ratio, level: "weak", sentence: `Contrast ${ratio} : 1. Small text is hard to read. ${asked}` }
    : { ratio, level: "bad", sentence: `Contrast ${ratio} : 1. Many people cannot read this. ${asked}` };
}
