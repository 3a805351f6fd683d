import { expect, test } from "vitest";
import { SNIPPETS } from "./snippets";
import { substitute, type Values } from "./substitute";
import { FILE_NAMES, textOf } from "./texts";

const VALUES: Values = {
  server: "https://calls.example.com",
  accountId: "acme1234",
  apikey: "pk_0123456789",
  cuid: "anita_7",
  receiver: "ravi_22",
};

test("every file is on the page, and every snippet has its file", () => {
  expect(SNIPPETS.map(({ file }) => file).sort()).toEqual([...FILE_NAMES].sort());
});

test("snippets are told apart by their ids", () => {
  expect(new Set(SNIPPETS.map(({ id }) => id)).size).toBe(SNIPPETS.length);
});

test.each(SNIPPETS)("nothing is left to fill in: $id", ({ file, environment }) => {
  const text = substitute(textOf(file), VALUES);
  expect(text).not.toMatch(/\{\{|\}\}/);
  expect(text).toContain(VALUES.accountId);
  for (const name of environment ?? []) expect(text).toContain(name);
});

test.each(SNIPPETS.filter(({ platform }) => platform !== "server"))("an app gets no secret: $id", ({ file }) => {
  expect(textOf(file)).not.toMatch(/TRING_(SECRET_KEY|TOKEN_SECRET)|sk_/);
});

test("a value that would leave its quotes is refused", () => {
  const snippet = 'cuid: "{{cuid}}"';
  for (const cuid of ['a"; alert(1); "', "$(reboot)", "a\nb", "</script>", "`"]) {
    expect(() => substitute(snippet, { ...VALUES, cuid })).toThrow("cannot stand");
  }
});

test("a placeholder that nobody fills is found", () => {
  expect(() => substitute("{{constructor}}", VALUES)).toThrow("unknown placeholder");
});
