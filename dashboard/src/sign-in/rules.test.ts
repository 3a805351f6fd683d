import { expect, test } from "vitest";
import { email, newPassword, title } from "./rules";

test.each([" anita@example.com ", "a@b", "o'neil+calls@sub.example.co.uk"])("%j is an email", (value) => {
  expect(email(value)).toBeNull();
});

test.each(["", "anita", "anita@", "@example.com", "a b@example.com", `${"x".repeat(250)}@a.io`])(
  "%j is no email",
  (value) => {
    expect(email(value)).not.toBeNull();
  },
);

test("a password is counted in characters, blanks included", () => {
  expect(newPassword("nine char")).not.toBeNull();
  expect(newPassword(" ten chars")).toBeNull();
  expect(newPassword("🔒".repeat(9))).not.toBeNull();
  expect(newPassword("x".repeat(201))).not.toBeNull();
});

test("a name is more than blanks and at most 80 characters", () => {
  expect(title("  ")).not.toBeNull();
  expect(title(` ${"é".repeat(80)} `)).toBeNull();
  expect(title("é".repeat(81))).not.toBeNull();
});
