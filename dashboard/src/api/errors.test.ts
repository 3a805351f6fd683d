import { expect, test } from "vitest";
import type { ErrorCode, FieldProblem, Problem } from "../generated/api";
import { ApiError, fieldErrors, hasCode, isPassing, messageBeside, sentenceOf, UnreachableError } from "./errors";

function refused(fields?: FieldProblem[], over: Partial<Problem> = {}): ApiError {
  return new ApiError({
    type: "about:blank",
    title: "A value is not valid.",
    status: 422,
    detail: "Look at the fields.",
    code: "ERR_VALIDATION",
    blame: "app",
    retry: "never",
    ...(fields === undefined ? {} : { fields }),
    ...over,
  });
}

const NAMES = { name: "The name", "access.allowedOrigins": "An origin" };

test("a field's rule becomes a sentence at the field", () => {
  const error = refused([{ field: "name", rule: "must have 1 to 80 characters" }]);
  expect(fieldErrors(error, NAMES)).toEqual({ name: "The name must have 1 to 80 characters." });
  expect(messageBeside(error, NAMES)).toBeNull();
});

test.each(["access.allowedOrigins[2]", "access.allowedOrigins.2"])(
  "what is wrong in a list is shown at the list: %s",
  (field) => {
    const error = refused([{ field, rule: "must be an origin." }]);
    expect(fieldErrors(error, NAMES)).toEqual({ "access.allowedOrigins": "An origin must be an origin." });
  },
);

test("of two things wrong with one field the first is shown", () => {
  const error = refused([
    { field: "name", rule: "must not be empty" },
    { field: "name", rule: "must be a text" },
  ]);
  expect(fieldErrors(error, NAMES)).toEqual({ name: "The name must not be empty." });
});

test("a field that is not on the page is told beside", () => {
  const error = refused([{ field: "invitation", rule: "has expired" }]);
  expect(fieldErrors(error, NAMES)).toEqual({});
  expect(messageBeside(error, NAMES)).toBe("Look at the fields. invitation has expired.");
});

test("a field whose name begins alike is another field", () => {
  expect(fieldErrors(refused([{ field: "nameOfTheDog", rule: "is odd" }]), NAMES)).toEqual({});
});

test("an error without fields is told beside", () => {
  expect(messageBeside(refused(), NAMES)).toBe("Look at the fields.");
  expect(messageBeside(null, NAMES)).toBeNull();
});

test("only what may pass is tried again", () => {
  expect(isPassing(new UnreachableError("gone"))).toBe(true);
  expect(isPassing(refused(undefined, { retry: "later" }))).toBe(true);
  expect(isPassing(refused())).toBe(false);
  expect(isPassing(new Error("a bug"))).toBe(false);
});

test("nobody reads a programmer's words", () => {
  expect(sentenceOf(new TypeError("x is undefined"))).not.toContain("undefined");
});

test("a code is looked for in the problem", () => {
  const code: ErrorCode = "ERR_LINK_EXPIRED";
  expect(hasCode(refused(undefined, { code }), "ERR_NOT_FOUND", code)).toBe(true);
  expect(hasCode(new Error(code), code)).toBe(false);
});
