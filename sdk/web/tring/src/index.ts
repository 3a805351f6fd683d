/**
 * Tring's own API for web pages: sign in, and have calls as objects, several at a time.
 *
 * Everything that fails does so with a `TringError`, whose `code` is an entry of the catalogue in `docs/protocol.md`.
 */
export type {
  CallQuality,
  CheckResult,
  DeviceChoice,
  ErrorCode,
  Levels,
  Party,
  PathCheck,
  TextChoice,
  Texts,
  Unlisten,
} from "@tring/core";
export { TringError } from "@tring/core";
export { type AnswerOptions, Call, type CallEvents, type CallState } from "./call";
export type { CallEnd } from "./call-end";
export { type ClientEvents, type RemoteCall, TringClient } from "./client";
export type { Devices } from "./devices";
export type { CallOptions, SignInOptions } from "./options";
export { signIn } from "./sign-in";
