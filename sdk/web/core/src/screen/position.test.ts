import { describe, expect, it } from "vitest";
import { placeAgain, placeAt } from "./position";

const card = { width: 320, height: 400 };
const pill = { width: 300, height: 60 };
const desktop = { width: 1280, height: 800 };

describe("the place of the card", () => {
  it("is kept from the nearest corner", () => {
    expect(placeAt(100, 50, card, desktop)).toEqual({
      horizontal: { edge: "left", distance: 100 },
      vertical: { edge: "top", distance: 50 },
    });
    expect(placeAt(900, 380, card, desktop)).toEqual({
      horizontal: { edge: "right", distance: 60 },
      vertical: { edge: "bottom", distance: 20 },
    });
  });

  it("stays inside the window however far it is dragged", () => {
    expect(placeAt(-500, -500, card, desktop)).toEqual({
      horizontal: { edge: "left", distance: 8 },
      vertical: { edge: "top", distance: 8 },
    });
    expect(placeAt(5000, 5000, card, desktop)).toEqual({
      horizontal: { edge: "right", distance: 8 },
      vertical: { edge: "bottom", distance: 8 },
    });
  });

  it("is the same corner for the pill, and moves inside when the window shrinks", () => {
    const place = placeAt(100, 380, card, desktop);
    expect(placeAgain(place, pill, desktop)).toEqual(place);
    expect(placeAgain(place, card, { width: 360, height: 420 })).toEqual({
      horizontal: { edge: "left", distance: 32 },
      vertical: { edge: "bottom", distance: 12 },
    });
  });

  it("keeps its margin in a window that is smaller than the card", () => {
    expect(placeAt(50, 50, card, { width: 200, height: 200 }).horizontal.distance).toBe(8);
  });
});
