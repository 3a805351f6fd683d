/** The texts that are used where an app gives none. */
import type { Texts } from "./texts";

export const ENGLISH: Texts = {
  calling: "Calling…",
  ringing: "Ringing…",
  incoming: "Incoming call",
  connecting: "Connecting…",
  connected: "Connected",
  reconnecting: "Reconnecting…",
  peerAway: "Their connection is lost…",
  callEnded: "Call ended",

  cancel: "Cancel",
  answer: "Answer",
  decline: "Decline",
  mute: "Mute",
  unmute: "Unmute",
  hangUp: "Hang up",
  minimise: "Minimise",
  restore: "Restore",
  close: "Close",

  audioSettings: "Audio settings",
  audio: "Audio",
  speakerVolume: "Speaker volume",
  microphone: "Microphone",
  speaker: "Speaker",
  microphoneNumber: "Microphone {n}",
  speakerNumber: "Speaker {n}",

  peerMuted: "{name} is muted",
  myNetworkWeak: "Your network is weak",
  theirNetworkWeak: "Their network is weak",
  microphoneBlocked: "Allow the microphone in your browser to talk",
  touchToHear: "Touch the page to hear {name}",
  callWaiting: "{name} tried to call you",

  outgoingDialog: "Call to {name}",
  incomingDialog: "Incoming call from {name}",
  ongoingDialog: "Call with {name}",
  notificationTitle: "Incoming call from {name}",
  poweredBy: "powered by Tring",

  ended: {
    hangup: "Call ended",
    max_duration: "Call ended: longest time reached",
    balance_exhausted: "Call ended: no balance left",
    ended_by_server: "Call ended",
    connection_lost: "Call ended: connection lost",
    user: { caller: "{name} declined", callee: "Call declined" },
    busy: { caller: "{name} is on another call", callee: "You were on another call" },
    microphone_denied: {
      caller: "{name} cannot use a microphone",
      callee: "No microphone: allow it in your browser",
    },
    logged_out: { caller: "{name} has signed out", callee: "You signed out" },
    notifications_disabled: {
      caller: "{name} has turned calls off",
      callee: "Calls are turned off on this device",
    },
    ring_timeout: { caller: "{name} did not answer", callee: "Missed call" },
    unreachable: { caller: "{name} is not reachable", callee: "Missed call" },
    caller: { caller: "Call cancelled", callee: "Missed call" },
    caller_lost: { caller: "Your connection was lost", callee: "Missed call" },
    connect_timeout: "The call could not be connected",
    node_lost: "Call ended: a server stopped",
    internal: "The call failed",
  },
  withdrawn: {
    answered_elsewhere: "Answered on another device",
    declined_elsewhere: "Declined on another device",
  },
};
