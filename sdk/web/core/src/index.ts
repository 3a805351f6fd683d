/** What a face (a package with a vendor's API) is made from. */
export type { CallEvent, CallRequest } from "./call/types";
export { type Client, type ClientOptions, createClient } from "./client/client";
export { describeDevice } from "./connection/device-details";
export { deviceId } from "./connection/device-id";
export { TringError } from "./fault";
export { BOUNDS } from "./generated/catalogue";
export type { ErrorCode } from "./generated/protocol";
export { missingSupport } from "./media/support";
export type { TextChoice, Texts } from "./texts/texts";
