/** What the test-call page and the two phones on it say to each other. All three are pages of this server. */

/** From the page to a phone: be this person. */
export interface Begin {
  type: "begin";
  accountId: string;
  apikey: string;
  /** Asked for by accounts that require user tokens. */
  token?: string;
  me: Person;
  /** Whom the phone calls. */
  peer: Person;
}

/** Somebody at one of the phones. */
export interface Person {
  cuid: string;
  name: string;
}

/** From a phone to the page: it can be told who it is. */
export interface Awake {
  type: "awake";
}

/** From a phone to the page: what became of its calls. */
export interface Told {
  type: "told";
  /** Of the phone's person. */
  cuid: string;
  state: "ready" | "refused" | "calling" | "over";
  /** For people. */
  sentence: string;
}
