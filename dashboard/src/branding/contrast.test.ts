import { expect, test } from "vitest";
import { readability } from "./contrast";

test("the ratio is the one of WCAG", () => {
  expect(readability("#000000", "#ffffff")).toMatchObject({ ratio: 21, level: "good" });
  expect(readability("#ffffff", "#ffffff")).toMatchObject({ ratio: 1, level: "bad" });
});

test("the border of what is readable is not rounded over", () => {
  // #777777 on white has 4.48, #767676 has 4.54.
  expect(readability("#ffffff", "#777777")).toMatchObject({ ratio: 4.4, level: "weak" });
  expect(readability("#ffffff", "#767676")).toMatchObject({ ratio: 4.5, level: "good" });
  expect(readability("#ffffff", "#ffff00")?.level).toBe("bad");
});

test("half-typed colours are not judged", () => {
  expect(readability("#12", "#ffffff")).toBeUndefined();
  expect(readability("#121212", "white")).toBeUndefined();
});
