/**
 * The one way in which the dashboard talks to `/v1`.
 *
 * The session is a cookie that no script can read; the browser proves by `Sec-Fetch-Site` that a request comes from
 * this page, so there is nothing to be attached to a request.
 */
import type { Problem } from "../generated/api";
import { ApiError, UnreachableError } from "./errors";

type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

export interface Sent {
  /** Sent as JSON; a Blob as it is. */
  readonly body?: unknown;
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly signal?: AbortSignal;
}

/** Asks the server. `path` begins after `/v1`; an answer without a body is `undefined`. */
export async function api<Answer>(method: Method, path: string, sent: Sent = {}): Promise<Answer> {
  const response = await ask(method, path, sent);
  const text = await bodyOf(response);
  if (!response.ok) throw new ApiError(problemOf(response, text));
  if (text === "") return undefined as Answer;
  try {
    return JSON.parse(text) as Answer;
  } catch {
    throw new UnreachableError("What answered is not this dashboard's server. A proxy may be in between.");
  }
}

/** `/accounts/…` with every part made safe for a path. */
export function accountPath(accountId: string, ...rest: readonly string[]): string {
  return ["", "accounts", accountId, ...rest].map(encodeURIComponent).join("/");
}

/** The address of something that a link or an EventSource opens, rather than {@link api}. */
export function address(path: string, query: Sent["query"] = {}): string {
  const pairs = Object.entries(query).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]]));
  const search = new URLSearchParams(pairs).toString();
  return `/v1${path}${search === "" ? "" : `?${search}`}`;
}

async function ask(method: Method, path: string, { body, query, signal }: Sent): Promise<Response> {
  const raw = body instanceof Blob;
  const headers = new Headers({ Accept: "application/json, application/problem+json" });
  if (body !== undefined) headers.set("Content-Type", raw ? body.type : "application/json");
  try {
    return await fetch(address(path, query), {
      method,
      headers,
      credentials: "same-origin",
      ...(body === undefined ? {} : { body: raw ? body : JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    });
  } catch (error) {
    throw interrupted(error);
  }
}

async function bodyOf(response: Response): Promise<string> {
  try {
    return await response.text();
  } catch (error) {
    throw interrupted(error);
  }
}

/** What the page itself gave up stays what it is. */
function interrupted(error: unknown): unknown {
  if (error instanceof DOMException && error.name === "AbortError") return error;
  return new UnreachableError(
    globalThis.navigator?.onLine === false
      ? "You are offline. The page goes on as soon as the connection is back."
      : "The server cannot be reached. Check your connection; it is tried again by itself.",
  );
}

function problemOf(response: Response, text: string): Problem {
  const problem = parsed(text);
  if (problem !== null) return problem;
  const later = response.status === 429 || response.status >= 500;
  return {
    type: "about:blank",
    title: response.statusText,
    status: response.status,
    detail: `The server answered ${response.status} without saying why. A proxy in front of it may be the reason.`,
    code: "ERR_INTERNAL",
    blame: "server",
    retry: later ? "later" : "never",
  };
}

function parsed(text: string): Problem | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && "code" in value && "detail" in value
      ? (value as Problem)
      : null;
  } catch {
    return null;
  }
}
