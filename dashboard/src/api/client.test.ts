import { afterEach, expect, test, vi } from "vitest";
import type { Problem } from "../generated/api";
import { accountPath, address, api } from "./client";
import { ApiError, UnreachableError } from "./errors";

afterEach(() => {
  vi.unstubAllGlobals();
});

/** Puts an answer in the network's place and keeps what was asked. */
function answer(response: Response | Error): { readonly asked: [string, RequestInit][] } {
  const asked: [string, RequestInit][] = [];
  vi.stubGlobal("fetch", async (url: string, init: RequestInit) => {
    asked.push([url, init]);
    if (response instanceof Error) throw response;
    return response;
  });
  return { asked };
}

const PROBLEM: Problem = {
  type: "/docs/errors#ERR_VALIDATION",
  title: "A value is not valid.",
  status: 422,
  detail: "Look at the fields.",
  code: "ERR_VALIDATION",
  blame: "app",
  retry: "never",
  fields: [{ field: "name", rule: "must have 1 to 80 characters" }],
};

test("an answer without a body is undefined", async () => {
  answer(new Response(null, { status: 204 }));
  expect(await api("POST", "/sign-out")).toBeUndefined();
});

test("a body is sent as JSON, and nothing but the cookie says who asks", async () => {
  const { asked } = answer(Response.json({}));
  await api("PATCH", "/me", { body: { name: "Anita" } });
  const [url, init] = asked[0] ?? ["", {}];
  const headers = new Headers(init.headers);
  expect(url).toBe("/v1/me");
  expect(init.body).toBe('{"name":"Anita"}');
  expect(headers.get("content-type")).toBe("application/json");
  expect(headers.get("authorization")).toBeNull();
  expect(init.credentials).toBe("same-origin");
});

test("a file is sent as it is", async () => {
  const { asked } = answer(Response.json({}));
  const file = new Blob(["…"], { type: "image/png" });
  await api("POST", "/accounts/demo/branding/logo", { body: file });
  const init = asked[0]?.[1] ?? {};
  expect(init.body).toBe(file);
  expect(new Headers(init.headers).get("content-type")).toBe("image/png");
});

test("a problem is thrown whole", async () => {
  answer(Response.json(PROBLEM, { status: 422 }));
  const error = await api("PATCH", "/me", { body: {} }).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ApiError);
  expect((error as ApiError).problem).toEqual(PROBLEM);
});

test("a refusal by something in between becomes a problem that may pass", async () => {
  answer(new Response("<h1>Bad gateway</h1>", { status: 502 }));
  const error = await api("GET", "/me").catch((thrown: unknown) => thrown);
  expect((error as ApiError).problem).toMatchObject({ status: 502, retry: "later", blame: "server" });
});

test("a page in place of an answer is not taken for one", async () => {
  answer(new Response("<!doctype html>", { status: 200 }));
  await expect(api("GET", "/me")).rejects.toBeInstanceOf(UnreachableError);
});

test("no answer at all is said in words", async () => {
  answer(new TypeError("Failed to fetch"));
  await expect(api("GET", "/me")).rejects.toThrow("cannot be reached");
});

test("what the page gave up itself is no error of the server", async () => {
  answer(new DOMException("gone", "AbortError") as unknown as Error);
  await expect(api("GET", "/me")).rejects.toMatchObject({ name: "AbortError" });
});

test("ids cannot leave their place in a path", () => {
  expect(accountPath("demo", "apikeys", "../../me?x")).toBe("/accounts/demo/apikeys/..%2F..%2Fme%3Fx");
});

test("what is left out of a query is not in the address", () => {
  expect(address("/accounts/demo/calls", { cuid: "a&b", cursor: undefined, limit: 20 })).toBe(
    "/v1/accounts/demo/calls?cuid=a%26b&limit=20",
  );
});
