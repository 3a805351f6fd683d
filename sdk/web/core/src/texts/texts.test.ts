import { describe, expect, it } from "vitest";
import { ENGLISH } from "./english";
import { completeTexts, endedText, fill } from "./texts";

describe("texts", () => {
  it("keeps English where the app gives nothing", () => {
    const texts = completeTexts({ answer: "Annehmen", ended: { hangup: "Aufgelegt" } });
    expect(texts.answer).toBe("Annehmen");
    expect(texts.decline).toBe("Decline");
    expect(texts.ended.hangup).toBe("Aufgelegt");
    expect(texts.ended.ring_timeout).toEqual(ENGLISH.ended.ring_timeout);
  });

  it("tells caller and callee different sides of the same end", () => {
    expect(endedText(ENGLISH, "user", "caller", "Ravi")).toBe("Ravi declined");
    expect(endedText(ENGLISH, "user", "callee", "Ravi")).toBe("Call declined");
    expect(endedText(ENGLISH, "caller", "callee", "Ravi")).toBe("Missed call");
  });

  it("has a whole sentence for every reason on both sides", () => {
    for (const reason of Object.keys(ENGLISH.ended) as (keyof typeof ENGLISH.ended)[]) {
      for (const role of ["caller", "callee"] as const) {
        expect(endedText(ENGLISH, reason, role, "Ravi"), reason).toMatch(/^[A-Z][^{}]+$/);
      }
    }
  });

  it("puts a name in as it is, also where it looks like a pattern", () => {
    expect(fill("{name} is muted", { name: "$& {n}" })).toBe("$& {n} is muted");
    expect(fill("{other}", { name: "Ravi" })).toBe("{other}");
  });
});
