import { expect, test } from "vitest";
import type { Branding } from "../generated/api";
import { isSame, withoutHalfTyped } from "./draft";

const saved: Branding = {
  logo: null,
  backgroundColor: "#1b1f3b",
  textColor: "#ffffff",
  buttonTheme: "default",
  poweredBy: true,
};

test("every part of a branding can be changed", () => {
  const changes: Partial<Branding>[] = [
    { logo: "https://shop.example/logo.png" },
    { backgroundColor: "#000000" },
    { textColor: "#000000" },
    { buttonTheme: "white" },
    { poweredBy: false },
  ];
  for (const change of changes) expect(isSame({ ...saved, ...change }, saved), JSON.stringify(change)).toBe(false);
});

test("a colour in capitals is the same colour", () => {
  expect(isSame({ ...saved, backgroundColor: "#1B1F3B" }, saved)).toBe(true);
});

test("a colour that is being typed is not drawn", () => {
  const draft = { ...saved, backgroundColor: "#12", textColor: "#000000" };
  expect(withoutHalfTyped(draft, saved)).toEqual({ ...saved, textColor: "#000000" });
});
