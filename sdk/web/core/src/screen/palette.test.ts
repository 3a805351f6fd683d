import { describe, expect, it } from "vitest";
import type { Branding } from "../generated/protocol";
import { contrast, palette, parse } from "./palette";

const branding = (
  backgroundColor: string,
  textColor: string,
  buttonTheme: Branding["buttonTheme"] = "default",
): Branding => ({
  logo: null,
  backgroundColor,
  textColor,
  buttonTheme,
  poweredBy: true,
});

/** The bytes of what the palette wrote. */
function colour(css: string | undefined): [number, number, number] {
  const bytes = css?.match(/\d+/g)?.map(Number);
  if (bytes?.length !== 3) throw new Error(`not a colour: ${css}`);
  return bytes as [number, number, number];
}

const COLOURS = ["#000000", "#1b1f3b", "#cf2c37", "#15803d", "#767676", "#0f766e", "#ffb020", "#fff7ed", "#ffffff"];

describe("palette", () => {
  it("knows black on white as 21 to 1", () => {
    expect(contrast([0, 0, 0], [255, 255, 255])).toBeCloseTo(21);
  });

  it("never makes text harder to read than the business chose, unless it stays readable at level AA", () => {
    for (const background of COLOURS) {
      for (const text of COLOURS) {
        const made = palette(branding(background, text));
        const chosen = contrast(parse(background) ?? [0, 0, 0], parse(text) ?? [0, 0, 0]);
        const floor = Math.min(chosen, 4.5) - 0.001;
        for (const behind of [colour(made["--background"]), colour(made["--sheen"])]) {
          expect(contrast(colour(made["--soft"]), behind), `${text} on ${background}`).toBeGreaterThanOrEqual(floor);
          expect(contrast(colour(made["--text"]), behind), `${text} on ${background}`).toBeGreaterThanOrEqual(floor);
        }
      }
    }
  });

  it("keeps symbols on their buttons at 3 to 1 or more in both themes of the default colours", () => {
    for (const theme of ["default", "white"] as const) {
      const made = palette(branding("#1b1f3b", "#ffffff", theme));
      expect(contrast(colour(made["--glyph"]), colour(made["--button"]))).toBeGreaterThan(3);
      expect(contrast(colour(made["--pressed-glyph"]), colour(made["--pressed"]))).toBeGreaterThan(3);
      for (const button of ["--green", "--red"] as const) {
        expect(contrast([255, 255, 255], colour(made[button]))).toBeGreaterThan(4.5);
      }
    }
  });

  it("draws a line around a button that has the colour of its background", () => {
    expect(palette(branding("#cf2c37", "#ffffff"))["--red-edge"]).toBe("rgb(255 255 255)");
    expect(palette(branding("#1b1f3b", "#ffffff"))["--red-edge"]).toBe("transparent");
    expect(palette(branding("#ffffff", "#000000", "white"))["--button-edge"]).toBe("rgb(0 0 0)");
  });

  it("falls back to the default colours where a colour is none", () => {
    const made = palette(branding("url(//evil.example)", "red"));
    expect(made["--background"]).toBe("rgb(27 31 59)");
    expect(made["--text"]).toBe("rgb(255 255 255)");
  });
});
