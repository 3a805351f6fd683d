// Generated from crates/protocol by `make gen`. Do not edit.
import type { Blame, EndReason, EndStatus, ErrorCode, Retry } from "./protocol";

/** The version of the wire. */
export const PROTOCOL_VERSION = 1 as const;

/** The capability of a device that offers a second call to somebody who is in one. */
export const CALL_WAITING = "call_waiting" as const;

/** What a busy callee's caller is told. */
export const BUSY_SENTENCE = "The user you are trying to reach is busy on another call" as const;

/** Limits in milliseconds. */
export const LIMITS = {
  "CHECK_MAX": 20000,
  "CONNECT_TIMEOUT": 15000,
  "HEARTBEAT": 4000,
  "HEARTBEAT_TIMEOUT": 9000,
  "MEDIA_KEEP_ALIVE": 100,
  "MEDIA_STALL": 700,
  "PLACE_TIMEOUT": 10000,
  "RECONNECT_MAX": 5000,
  "RECONNECT_MIN": 250,
  "REPORT_EVERY": 1000,
  "RING_TIMEOUT": 30000,
  "SESSION_GRACE": 60000,
  "SLOT_PATIENCE": 5000,
  "TOKEN_MARGIN": 30000,
  "TOKEN_PATIENCE": 20000,
  "TOKEN_RETRY_MAX": 15000,
  "TOKEN_RETRY_MIN": 1000,
  "TURN_CREDENTIAL_MARGIN": 18000000
} as const;

/** Bounds in characters, messages or calls. */
export const BOUNDS = {
  "CALLS_MAX": 4,
  "CONTEXT_MAX": 512,
  "IMAGE_URL_MAX": 2048,
  "NAME_MAX": 50,
  "OUTBOX_MAX": 128
} as const;

/** An entry of the error catalogue. */
export interface CatalogueEntry {
  readonly number: number;
  readonly blame: Blame;
  readonly retry: Retry;
  readonly message: string;
}

/** Every error that crosses a wire. */
export const ERRORS: Readonly<Record<ErrorCode, CatalogueEntry>> = {
  "400": {
    "blame": "app",
    "message": "The server could not read the request. Check its fields against the documentation.",
    "number": 1010,
    "retry": "never"
  },
  "404": {
    "blame": "peer",
    "message": "The receiver's cuid is offline. Try again when they are signed in.",
    "number": 2005,
    "retry": "later"
  },
  "ERR_ALREADY_SIGNEDIN": {
    "blame": "user",
    "message": "This cuid is connected on another device. Log out there first, or use one cuid per device.",
    "number": 1007,
    "retry": "never"
  },
  "ERR_BROWSER_UNSUPPORTED": {
    "blame": "user",
    "message": "This browser or page cannot make calls. Open the page over https in a current browser.",
    "number": 1011,
    "retry": "never"
  },
  "ERR_CALLEE_LOGGED_OUT": {
    "blame": "peer",
    "message": "The other person signed out. Try again when they are signed in.",
    "number": 2007,
    "retry": "later"
  },
  "ERR_CALLEE_MIC_UNAVAILABLE": {
    "blame": "peer",
    "message": "The other person answered, but their microphone cannot be used. Ask them to allow it and call again.",
    "number": 2006,
    "retry": "later"
  },
  "ERR_CALLEE_NOTIFICATIONS_DISABLED": {
    "blame": "peer",
    "message": "The other person's device does not allow call notifications. Ask them to turn them on.",
    "number": 2008,
    "retry": "later"
  },
  "ERR_CALL_NOT_FOUND": {
    "blame": "app",
    "message": "There is no such call, or it has ended.",
    "number": 2009,
    "retry": "never"
  },
  "ERR_CALL_NOT_MOVED": {
    "blame": "user",
    "message": "The call cannot be moved here: it is not answered yet, has just ended, or this device is in another call. Hold or end that one, or try again.",
    "number": 2011,
    "retry": "later"
  },
  "ERR_CLEVERTAP_DETAILS_NOT_FOUND": {
    "blame": "app",
    "message": "No CleverTap instance was passed. Initialise the CleverTap SDK and pass its instance as `clevertap`.",
    "number": 1005,
    "retry": "never"
  },
  "ERR_CONFLICT": {
    "blame": "app",
    "message": "This cannot be done as things stand. Load them again and look.",
    "number": 6004,
    "retry": "never"
  },
  "ERR_CONNECTION_NOT_ESTABLISHED": {
    "blame": "network",
    "message": "There is no connection to the server yet. Wait until isEnabled() is true.",
    "number": 3002,
    "retry": "later"
  },
  "ERR_CONNECT_TIMEOUT": {
    "blame": "network",
    "message": "The call was answered but no audio came through. A firewall may block UDP to the server; try another network.",
    "number": 3003,
    "retry": "later"
  },
  "ERR_CROSS_SITE": {
    "blame": "app",
    "message": "The request came from another site and was not carried out. Use the dashboard's own page, or a secret key from a backend.",
    "number": 6011,
    "retry": "never"
  },
  "ERR_DRAINING": {
    "blame": "server",
    "message": "The server is being restarted and takes no new calls. Try again in a moment.",
    "number": 4002,
    "retry": "later"
  },
  "ERR_EMAIL_TAKEN": {
    "blame": "user",
    "message": "There is already a member with this email. Sign in instead.",
    "number": 6014,
    "retry": "never"
  },
  "ERR_FETCH_FAILED": {
    "blame": "user",
    "message": "The server could not fetch that address. It must answer over https and be reachable from the internet.",
    "number": 6019,
    "retry": "later"
  },
  "ERR_FORBIDDEN": {
    "blame": "user",
    "message": "Your role does not allow this. Ask an owner or admin of the account.",
    "number": 6002,
    "retry": "never"
  },
  "ERR_IDEMPOTENCY_IN_PROGRESS": {
    "blame": "app",
    "message": "A request with this idempotency key is being worked on. Repeat it in a moment.",
    "number": 6010,
    "retry": "later"
  },
  "ERR_IDEMPOTENCY_MISMATCH": {
    "blame": "app",
    "message": "This idempotency key was used with another request. Use a new key for each new request.",
    "number": 6009,
    "retry": "never"
  },
  "ERR_IMAGE_REFUSED": {
    "blame": "user",
    "message": "The image cannot be used. Take a PNG, JPEG, GIF or WebP of at most 2 MB.",
    "number": 6016,
    "retry": "never"
  },
  "ERR_INTERNAL": {
    "blame": "server",
    "message": "Something went wrong in the server. Try again, and tell its operator if it stays.",
    "number": 4003,
    "retry": "later"
  },
  "ERR_INTERNET_LOST": {
    "blame": "network",
    "message": "The internet connection was lost. Check it and try again.",
    "number": 3001,
    "retry": "later"
  },
  "ERR_INVALID_CALL_PARAMETERS": {
    "blame": "app",
    "message": "The call's parameters are not valid. Pass the receiver's cuid and a context, and never the caller's own cuid.",
    "number": 2001,
    "retry": "never"
  },
  "ERR_INVALID_CREDENTIALS": {
    "blame": "app",
    "message": "The account id or the API key is wrong, or the key was revoked. Copy both again from the account's settings.",
    "number": 1006,
    "retry": "never"
  },
  "ERR_INVALID_INITPARAMETERS": {
    "blame": "app",
    "message": "A parameter is not valid. Check it against the rules of its field.",
    "number": 1002,
    "retry": "never"
  },
  "ERR_LAST_OWNER": {
    "blame": "user",
    "message": "An account needs an owner. Make somebody else an owner first.",
    "number": 6017,
    "retry": "never"
  },
  "ERR_LIMIT_REACHED": {
    "blame": "user",
    "message": "The account has as many of these as it may have. Remove one first.",
    "number": 6018,
    "retry": "never"
  },
  "ERR_LINK_EXPIRED": {
    "blame": "user",
    "message": "This link was used, withdrawn, or has expired. Ask for a new one.",
    "number": 6015,
    "retry": "never"
  },
  "ERR_LOGIN_REFUSED": {
    "blame": "user",
    "message": "The email or the password is wrong.",
    "number": 6012,
    "retry": "never"
  },
  "ERR_MEDIA_OFFER": {
    "blame": "app",
    "message": "The audio offer cannot be used. It must offer Opus over DTLS-SRTP with ICE.",
    "number": 2010,
    "retry": "never"
  },
  "ERR_METHOD_NOT_ALLOWED": {
    "blame": "app",
    "message": "This address does not take this method. The Allow header lists those that it takes.",
    "number": 6008,
    "retry": "never"
  },
  "ERR_MIC_UNAVAILABLE": {
    "blame": "user",
    "message": "The microphone cannot be used. Allow it for this page and check that one is connected.",
    "number": 2003,
    "retry": "later"
  },
  "ERR_MISSING_CT_ACCOUNTID": {
    "blame": "app",
    "message": "The CleverTap instance knows no account id. Initialise the CleverTap SDK with its account id before this SDK.",
    "number": 1003,
    "retry": "never"
  },
  "ERR_MISSING_CT_ID": {
    "blame": "app",
    "message": "The CleverTap instance knows no CleverTap id. Check its region and account id, and initialise it before this SDK.",
    "number": 1004,
    "retry": "never"
  },
  "ERR_MISSING_INITPARAMETERS": {
    "blame": "app",
    "message": "A mandatory parameter is missing. Pass accountId, apikey and cuid, and the CleverTap instance where the SDK asks for it.",
    "number": 1001,
    "retry": "never"
  },
  "ERR_NODE_LOST": {
    "blame": "server",
    "message": "The server that carried the call stopped. Call again.",
    "number": 4001,
    "retry": "later"
  },
  "ERR_NOT_FOUND": {
    "blame": "app",
    "message": "There is nothing at this address that you may see. Check the ids in it.",
    "number": 6003,
    "retry": "never"
  },
  "ERR_NOT_SIGNED_IN": {
    "blame": "app",
    "message": "Nobody is signed in. Initialise the SDK before using it.",
    "number": 1009,
    "retry": "never"
  },
  "ERR_ORIGIN_NOT_ALLOWED": {
    "blame": "app",
    "message": "This page may not sign in to this account. Add its origin to the allowed web origins in the account's settings.",
    "number": 1015,
    "retry": "never"
  },
  "ERR_OUTGOING_CALL_IN_PROGRESS": {
    "blame": "user",
    "message": "A call is in progress. Start another one when it is over, missed, declined or cancelled.",
    "number": 2002,
    "retry": "later"
  },
  "ERR_PROTOCOL": {
    "blame": "app",
    "message": "The server received a message that it cannot read. Use the SDK that this server serves.",
    "number": 5001,
    "retry": "never"
  },
  "ERR_PROTOCOL_VERSION": {
    "blame": "app",
    "message": "This SDK is too old or too new for the server. Use the SDK that the server serves.",
    "number": 5002,
    "retry": "never"
  },
  "ERR_RATE_LIMITED": {
    "blame": "app",
    "message": "Too many requests. Wait a while before the next one.",
    "number": 4004,
    "retry": "later"
  },
  "ERR_REPLACED": {
    "blame": "user",
    "message": "This device signed in again in another page, which took over. Initialise again to continue here.",
    "number": 1008,
    "retry": "never"
  },
  "ERR_SIGN_UP_CLOSED": {
    "blame": "server",
    "message": "Signing up is closed on this server. Ask a member of your account for an invitation, or the operator.",
    "number": 6013,
    "retry": "never"
  },
  "ERR_TOKEN_EXPIRED": {
    "blame": "app",
    "message": "The user token has expired. Have your backend make a new one, or pass `getToken` so that the SDK asks for one in time.",
    "number": 1014,
    "retry": "never"
  },
  "ERR_TOKEN_INVALID": {
    "blame": "app",
    "message": "The user token is not valid for this account and cuid. Paste it into the token tester of the dashboard to see why.",
    "number": 1013,
    "retry": "never"
  },
  "ERR_TOKEN_REQUIRED": {
    "blame": "app",
    "message": "This account asks for a user token. Have your backend make one for this cuid and pass it as `token` or `getToken`.",
    "number": 1012,
    "retry": "never"
  },
  "ERR_TOO_LARGE": {
    "blame": "app",
    "message": "The request is too large. Send less.",
    "number": 6006,
    "retry": "never"
  },
  "ERR_UNAUTHENTICATED": {
    "blame": "app",
    "message": "Sign in to the dashboard, or send a secret key as `Authorization: Bearer sk_…`.",
    "number": 6001,
    "retry": "never"
  },
  "ERR_UNSUPPORTED_MEDIA_TYPE": {
    "blame": "app",
    "message": "This kind of body is not taken here. Check the Content-Type against the documentation.",
    "number": 6007,
    "retry": "never"
  },
  "ERR_USER_BUSY": {
    "blame": "peer",
    "message": "The other person is in another call. Try again later.",
    "number": 2004,
    "retry": "later"
  },
  "ERR_VALIDATION": {
    "blame": "app",
    "message": "A field is not valid. Check it against the rules of its field.",
    "number": 6005,
    "retry": "never"
  }
};

/** What the promise of `call()` does. */
export type WebOutcome =
  | { readonly resolves: string }
  | { readonly rejects: string }
  | { readonly rejectsError: ErrorCode };

/** How a call can end. */
export const OUTCOMES: Readonly<Record<EndReason, { readonly status: EndStatus; readonly web: WebOutcome }>> = {
  "balance_exhausted": {
    "status": "over",
    "web": {
      "resolves": "over"
    }
  },
  "busy": {
    "status": "declined",
    "web": {
      "rejects": "The user you are trying to reach is busy on another call"
    }
  },
  "caller": {
    "status": "cancelled",
    "web": {
      "rejects": "cancelled"
    }
  },
  "caller_lost": {
    "status": "cancelled",
    "web": {
      "rejects": "cancelled"
    }
  },
  "connect_timeout": {
    "status": "failed",
    "web": {
      "rejectsError": "ERR_CONNECT_TIMEOUT"
    }
  },
  "connection_lost": {
    "status": "over",
    "web": {
      "resolves": "over"
    }
  },
  "ended_by_server": {
    "status": "over",
    "web": {
      "resolves": "over"
    }
  },
  "hangup": {
    "status": "over",
    "web": {
      "resolves": "over"
    }
  },
  "internal": {
    "status": "failed",
    "web": {
      "rejectsError": "ERR_INTERNAL"
    }
  },
  "logged_out": {
    "status": "declined",
    "web": {
      "rejectsError": "ERR_CALLEE_LOGGED_OUT"
    }
  },
  "max_duration": {
    "status": "over",
    "web": {
      "resolves": "over"
    }
  },
  "microphone_denied": {
    "status": "declined",
    "web": {
      "rejectsError": "ERR_CALLEE_MIC_UNAVAILABLE"
    }
  },
  "node_lost": {
    "status": "failed",
    "web": {
      "rejectsError": "ERR_NODE_LOST"
    }
  },
  "notifications_disabled": {
    "status": "declined",
    "web": {
      "rejectsError": "ERR_CALLEE_NOTIFICATIONS_DISABLED"
    }
  },
  "ring_timeout": {
    "status": "missed",
    "web": {
      "rejects": "missed"
    }
  },
  "unreachable": {
    "status": "missed",
    "web": {
      "rejectsError": "404"
    }
  },
  "user": {
    "status": "declined",
    "web": {
      "rejects": "declined"
    }
  }
};
