import { expect, test } from "vitest";
import { returnAddress, signInAddress } from "./return-address";

const back = (wanted: string) => returnAddress(new URL(signInAddress(wanted), "http://x").searchParams);

test.each(["/a/demo/calls?status=missed", "/profile", "/join/abc"])("who signs in is led back to %s", (wanted) => {
  expect(back(wanted)).toBe(wanted);
});

test.each([
  "https://evil.example/",
  "//evil.example/",
  "/\\evil.example",
  "javascript:alert(1)",
  "\\\\evil.example",
  "",
  "calls",
])("nobody is led out of the dashboard by %j", (wanted) => {
  expect(returnAddress(new URLSearchParams({ return: wanted }))).toBe("/");
});

test("without a wish the dashboard begins at its start", () => {
  expect(signInAddress("/")).toBe("/sign-in");
  expect(returnAddress(new URLSearchParams())).toBe("/");
});
