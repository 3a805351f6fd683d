/** What a face (a package with an API for apps) is made from. */
export { type Outcome, outcomeOf } from "./call/outcome";
export type { CallEvent, CallRequest, PoorNetwork, ShownCall } from "./call/types";
export { checkNetwork } from "./check/check";
export type { CheckResult, PathCheck } from "./check/types";
export { createClient } from "./client/client";
export type { Client, ClientEvent, ClientOptions, PlacedCall, SoundControls } from "./client/types";
export { describeDevice } from "./connection/device-details";
export { deviceId } from "./connection/device-id";
export { serverAddress } from "./connection/origin";
export { createEmitter, type Emitter, type Unlisten } from "./emitter";
export { faultOf, TringError, wireError } from "./fault";
export { BOUNDS, LIMITS, OUTCOMES } from "./generated/catalogue";
export type {
  CallImages,
  CallSnapshot,
  EndReason,
  EndStatus,
  ErrorCode,
  Party,
  WireError,
  WithdrawnReason,
} from "./generated/protocol";
export { imageAddress } from "./image";
export { missingSupport } from "./media/support";
export type { CallQuality, SoundState } from "./media/types";
export { contextRule, cuidRule, nameRule } from "./rules";
export type { DeviceChoice, Levels } from "./screen/view";
export type { TextChoice, Texts } from "./texts/texts";
