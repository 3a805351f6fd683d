// Generated from crates/protocol by `make gen`. Do not edit.
import type { EndReason, EndStatus, ErrorCode, Retry } from "./protocol";

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

/** What an SDK needs of an entry of the error catalogue. */
export interface CatalogueEntry {
  readonly retry: Retry;
  readonly message: string;
}

/** Every error that an SDK can meet; all but those of the dashboard's interface. */
export const ERRORS: Readonly<Partial<Record<ErrorCode, CatalogueEntry>>> = {
  "400": {
    "message": "The server could not read the request. Check its fields against the documentation.",
    "retry": "never"
  },
  "404": {
    "message": "The receiver's cuid is offline. Try again when they are signed in.",
    "retry": "later"
  },
  "ERR_ALREADY_SIGNEDIN": {
    "message": "This cuid is connected on another device. Log out there first, or use one cuid per device.",
    "retry": "never"
  },
  "ERR_BROWSER_UNSUPPORTED": {
    "message": "This browser or page cannot make calls. Open the page over https in a current browser.",
    "retry": "never"
  },
  "ERR_CALLEE_LOGGED_OUT": {
    "message": "The other person signed out. Try again when they are signed in.",
    "retry": "later"
  },
  "ERR_CALLEE_MIC_UNAVAILABLE": {
    "message": "The other person answered, but their microphone cannot be used. Ask them to allow it and call again.",
    "retry": "later"
  },
  "ERR_CALLEE_NOTIFICATIONS_DISABLED": {
    "message": "The other person's device does not allow call notifications. Ask them to turn them on.",
    "retry": "later"
  },
  "ERR_CALL_NOT_FOUND": {
    "message": "There is no such call, or it has ended.",
    "retry": "never"
  },
  "ERR_CALL_NOT_MOVED": {
    "message": "The call cannot be moved here: it is not answered yet, has just ended, or this device is in another call. Hold or end that one, or try again.",
    "retry": "later"
  },
  "ERR_CLEVERTAP_DETAILS_NOT_FOUND": {
    "message": "No CleverTap instance was passed. Initialise the CleverTap SDK and pass its instance as `clevertap`.",
    "retry": "never"
  },
  "ERR_CONNECTION_NOT_ESTABLISHED": {
    "message": "There is no connection to the server yet. Wait until isEnabled() is true.",
    "retry": "later"
  },
  "ERR_CONNECT_TIMEOUT": {
    "message": "The call was answered but no audio came through. A firewall may block UDP to the server; try another network.",
    "retry": "later"
  },
  "ERR_DRAINING": {
    "message": "The server is being restarted and takes no new calls. Try again in a moment.",
    "retry": "later"
  },
  "ERR_INTERNAL": {
    "message": "Something went wrong in the server. Try again, and tell its operator if it stays.",
    "retry": "later"
  },
  "ERR_INTERNET_LOST": {
    "message": "The internet connection was lost. Check it and try again.",
    "retry": "later"
  },
  "ERR_INVALID_CALL_PARAMETERS": {
    "message": "The call's parameters are not valid. Pass the receiver's cuid and a context, and never the caller's own cuid.",
    "retry": "never"
  },
  "ERR_INVALID_CREDENTIALS": {
    "message": "The account id or the API key is wrong, or the key was revoked. Copy both again from the account's settings.",
    "retry": "never"
  },
  "ERR_INVALID_INITPARAMETERS": {
    "message": "A parameter is not valid. Check it against the rules of its field.",
    "retry": "never"
  },
  "ERR_MEDIA_OFFER": {
    "message": "The audio offer cannot be used. It must offer Opus over DTLS-SRTP with ICE.",
    "retry": "never"
  },
  "ERR_MIC_UNAVAILABLE": {
    "message": "The microphone cannot be used. Allow it for this page and check that one is connected.",
    "retry": "later"
  },
  "ERR_MISSING_CT_ACCOUNTID": {
    "message": "The CleverTap instance knows no account id. Initialise the CleverTap SDK with its account id before this SDK.",
    "retry": "never"
  },
  "ERR_MISSING_CT_ID": {
    "message": "The CleverTap instance knows no CleverTap id. Check its region and account id, and initialise it before this SDK.",
    "retry": "never"
  },
  "ERR_MISSING_INITPARAMETERS": {
    "message": "A mandatory parameter is missing. Pass accountId, apikey and cuid, and the CleverTap instance where the SDK asks for it.",
    "retry": "never"
  },
  "ERR_NODE_LOST": {
    "message": "The server that carried the call stopped. Call again.",
    "retry": "later"
  },
  "ERR_NOT_SIGNED_IN": {
    "message": "Nobody is signed in. Initialise the SDK before using it.",
    "retry": "never"
  },
  "ERR_ORIGIN_NOT_ALLOWED": {
    "message": "This page may not sign in to this account. Add its origin to the allowed web origins in the account's settings.",
    "retry": "never"
  },
  "ERR_OUTGOING_CALL_IN_PROGRESS": {
    "message": "A call is in progress. Start another one when it is over, missed, declined or cancelled.",
    "retry": "later"
  },
  "ERR_PROTOCOL": {
    "message": "The server received a message that it cannot read. Use the SDK that this server serves.",
    "retry": "never"
  },
  "ERR_PROTOCOL_VERSION": {
    "message": "This SDK is too old or too new for the server. Use the SDK that the server serves.",
    "retry": "never"
  },
  "ERR_RATE_LIMITED": {
    "message": "Too many requests. Wait a while before the next one.",
    "retry": "later"
  },
  "ERR_REPLACED": {
    "message": "This device signed in again in another page, which took over. Initialise again to continue here.",
    "retry": "never"
  },
  "ERR_TOKEN_EXPIRED": {
    "message": "The user token has expired. Have your backend make a new one, or pass `getToken` so that the SDK asks for one in time.",
    "retry": "never"
  },
  "ERR_TOKEN_INVALID": {
    "message": "The user token is not valid for this account and cuid. Paste it into the token tester of the dashboard to see why.",
    "retry": "never"
  },
  "ERR_TOKEN_REQUIRED": {
    "message": "This account asks for a user token. Have your backend make one for this cuid and pass it as `token` or `getToken`.",
    "retry": "never"
  },
  "ERR_USER_BUSY": {
    "message": "The other person is in another call. Try again later.",
    "retry": "later"
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
