import { expect, test } from "vitest";
import { cuid, jwksUrl, pasted } from "./rules";

test.each([
  ["Bearer abc.def.ghi", "abc.def.ghi"],
  ['  "abc.def.ghi"\n', "abc.def.ghi"],
  ["abc.\n def.\n ghi", "abc.def.ghi"],
])("of %j the token is left", (text, token) => {
  expect(pasted(text)).toBe(token);
});

test("a cuid is what the server takes for one", () => {
  for (const right of ["anita_7", "12345", "org_25", "_anita"]) expect(cuid(right)).toBeNull();
  for (const wrong of ["anna", "91_8899555", "anita-7", "a".repeat(51), ""]) expect(cuid(wrong)).not.toBeNull();
});

test("keys are published at a web address, or not at all", () => {
  for (const right of ["", " https://example.com/jwks.json "]) expect(jwksUrl(right)).toBeNull();
  for (const wrong of ["example.com/jwks.json", "file:///etc/keys", `https://x.io/${"a".repeat(2048)}`]) {
    expect(jwksUrl(wrong)).not.toBeNull();
  }
});
