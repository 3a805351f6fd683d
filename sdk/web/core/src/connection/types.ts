/** What goes into a session and what comes out of it, as plain data. */
import type {
  CallId,
  ClientFrame,
  ClientMessage,
  Hello,
  LegReport,
  ServerFrame,
  ServerMessage,
  Welcome,
  WireError,
} from "../generated/protocol";

/** Who signs in, and where from; the rest of `hello` is the session's own. A `token` is the first of perhaps many. */
export type Identity = Omit<Hello, "protocol" | "resume">;

/**
 * What may mean that the network is back, or another: it came `online`, the page became `visible` again, the `network`
 * is of another kind, the machine `slept`, or `media` says so.
 */
export type WakeReason = "online" | "visible" | "network" | "slept" | "media";

export type SessionInput =
  | { type: "start" }
  /** `beside` means the second socket, wherever it is said. */
  | { type: "socket_opened"; beside?: true }
  /** The socket is gone, or could not be opened. */
  | { type: "socket_closed"; beside?: true }
  | { type: "frame"; frame: ServerFrame; beside?: true }
  | { type: "wake"; why: WakeReason }
  /** The page is being closed, reloaded or put away. */
  | { type: "leave" }
  | { type: "send"; message: ClientMessage }
  /** How a call sounds; not sent again if it is lost. */
  | { type: "report"; callId: CallId; report: LegReport }
  /** Whether the device is in a call. */
  | { type: "occupied"; occupied: boolean }
  /** The app's answers to `ask_token`. */
  | { type: "token"; token: string }
  | { type: "token_failed"; error: WireError }
  | { type: "sign_out" }
  | { type: "tick" };

export type SessionOutput =
  /** With `beside` a second socket, while the first goes on. */
  | { type: "open_socket"; beside?: true }
  /** All there are; with `beside` only the second one. */
  | { type: "close_socket"; beside?: true }
  /** The second socket takes the place of the first, which is closed. */
  | { type: "change_socket" }
  | { type: "frame"; frame: ClientFrame; beside?: true }
  /** The app shall bring a new user token. */
  | { type: "ask_token" }
  /** The session begins, or goes on if the welcome says `resumed`. */
  | { type: "welcome"; welcome: Welcome }
  /** The connection was lost; the session looks for another. */
  | { type: "lost" }
  /** The session ended for good. */
  | { type: "refused"; error: WireError }
  /** A message that was not seen before. */
  | { type: "message"; message: ServerMessage };
