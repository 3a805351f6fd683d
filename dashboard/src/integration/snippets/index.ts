/**
 * Every snippet of the integration page. Browser tests and a Node and a Python interpreter run those for the web and
 * for servers as they are, with the placeholders filled in; see `substitute.ts` for these.
 */
export type Platform = "web" | "ios" | "android" | "server";

export interface Snippet {
  readonly id: string;
  readonly title: string;
  /** When to take this one. */
  readonly lead: string;
  readonly platform: Platform;
  readonly language: "HTML" | "JavaScript" | "Python" | "Shell" | "Swift" | "Kotlin";
  /** Below this folder. */
  readonly file: string;
  /** What it finds in its environment: secrets do not belong into source code. */
  readonly environment?: readonly ("TRING_SECRET_KEY" | "TRING_TOKEN_SECRET")[];
}

export const SNIPPETS: readonly Snippet[] = [
  {
    id: "web-signed-call",
    title: "Signed Call",
    lead: "A page with modules. Code written for Signed Call runs when its import is changed to this one.",
    platform: "web",
    language: "HTML",
    file: "web/signed-call.html",
  },
  {
    id: "web-direct-call",
    title: "Direct Call",
    lead: "The same under the names of Direct Call.",
    platform: "web",
    language: "HTML",
    file: "web/direct-call.html",
  },
  {
    id: "web-signed-call-script",
    title: "Classic script",
    lead: "For a page without modules: the script makes the global SignedCallSDK.",
    platform: "web",
    language: "HTML",
    file: "web/signed-call-script.html",
  },
  {
    id: "web-user-token",
    title: "With user tokens",
    lead: "When your backend says who somebody is. Required once the account requires user tokens.",
    platform: "web",
    language: "HTML",
    file: "web/user-token.html",
  },
  {
    id: "ios-signed-call",
    title: "Signed Call",
    lead: "Sign in, ring while the app sleeps, call, and follow what becomes of the call.",
    platform: "ios",
    language: "Swift",
    file: "ios/SignedCall.swift",
  },
  {
    id: "android-signed-call",
    title: "Signed Call",
    lead: "Sign in, call, and follow what becomes of the call.",
    platform: "android",
    language: "Kotlin",
    file: "android/SignedCall.kt",
  },
  {
    id: "server-user-token-node",
    title: "A user token with Node",
    lead: "Your backend signs it with the account's token secret, without asking this server.",
    platform: "server",
    language: "JavaScript",
    file: "server/user-token.mjs",
    environment: ["TRING_TOKEN_SECRET"],
  },
  {
    id: "server-user-token-python",
    title: "A user token with Python",
    lead: "The same with Python's own library.",
    platform: "server",
    language: "Python",
    file: "server/user_token.py",
    environment: ["TRING_TOKEN_SECRET"],
  },
  {
    id: "server-user-token-curl",
    title: "A user token by the REST API",
    lead: "This server makes it; your backend needs a secret key.",
    platform: "server",
    language: "Shell",
    file: "server/user-token.sh",
    environment: ["TRING_SECRET_KEY"],
  },
  {
    id: "server-list-calls-curl",
    title: "Missed calls with curl",
    lead: "One page of the call log, filtered.",
    platform: "server",
    language: "Shell",
    file: "server/list-calls.sh",
    environment: ["TRING_SECRET_KEY"],
  },
  {
    id: "server-list-calls-node",
    title: "Calls of a week with Node",
    lead: "Page by page through the call log.",
    platform: "server",
    language: "JavaScript",
    file: "server/list-calls.mjs",
    environment: ["TRING_SECRET_KEY"],
  },
  {
    id: "server-list-calls-python",
    title: "Calls of a week with Python",
    lead: "Page by page through the call log.",
    platform: "server",
    language: "Python",
    file: "server/list_calls.py",
    environment: ["TRING_SECRET_KEY"],
  },
];
