/**
 * The errors that leave the SDK: those of the catalogue, in the shape that the vendors' documents promise.
 */
import { ERRORS } from "./generated/catalogue";
import type { ErrorCode, WireError } from "./generated/protocol";

/**
 * What `catch` receives: an `Error` whose `code` and `message` are its own enumerable properties, so that a page which
 * prints or serialises it sees both.
 */
export class TringError extends Error {
  /** The catalogue's code; `404` and `400` are numbers, as the vendors have them. */
  readonly code: string | number;

  constructor(code: ErrorCode, message: string = sentenceOf(code)) {
    super(message);
    this.name = "TringError";
    this.code = /^\d+$/.test(code) ? Number(code) : code;
    Object.defineProperty(this, "message", { value: message, enumerable: true });
    Object.defineProperty(this, "name", { value: "TringError", enumerable: false });
  }
}

/** The error that a frame of the server carries. */
export function faultOf(error: WireError): TringError {
  return new TringError(error.code, error.message);
}

/** `code` as a frame carries it, with the catalogue's sentence unless the occurrence knows better. */
export function wireError(code: ErrorCode, message: string = sentenceOf(code)): WireError {
  return { code, message };
}

/** Whether the same attempt may succeed later. A code that this SDK does not know is taken as final. */
export function isTransient(error: WireError): boolean {
  return ERRORS[error.code]?.retry === "later";
}

function sentenceOf(code: ErrorCode): string {
  return ERRORS[code]?.message ?? code;
}
