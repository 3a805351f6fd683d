import { expect, it } from "vitest";
import errors from "../../../../vectors/errors.json";
import { faultOf, isTransient, TringError } from "./fault";
import { ERRORS } from "./generated/catalogue";
import type { ErrorCode } from "./generated/protocol";

it("knows every error that an SDK can meet with its sentence, and none of the dashboard's interface", () => {
  const met = errors.filter(({ number }) => number < 6000);
  expect(Object.keys(ERRORS).sort()).toEqual(met.map(({ code }) => code).sort());
  for (const { code, message, retry } of met) {
    expect(new TringError(code as ErrorCode).message).toBe(message);
    expect(isTransient({ code: code as ErrorCode, message })).toBe(retry === "later");
  }
});

it("shows code and message to whoever prints or serialises it", () => {
  const error = faultOf({ code: "ERR_DRAINING", message: "Later." });
  expect(error).toBeInstanceOf(Error);
  expect(JSON.parse(JSON.stringify(error))).toEqual({ code: "ERR_DRAINING", message: "Later." });
  expect({ ...error }).toEqual({ code: "ERR_DRAINING", message: "Later." });
});

it("has the vendors' two codes of digits as numbers", () => {
  expect(new TringError("404").code).toBe(404);
  expect(new TringError("400").code).toBe(400);
});

it("takes a code of a later version as final", () => {
  expect(isTransient({ code: "ERR_LATER" as ErrorCode, message: "?" })).toBe(false);
});
