import { describe, expect, it } from "vitest";
import vectors from "../../../../../vectors/end-status.json";
import type { EndReason, EndStatus } from "../generated/protocol";
import { outcomeOf, settle } from "./outcome";

/** What a page sees of `call()`. */
async function seen(reason: EndReason, status: EndStatus): Promise<unknown> {
  try {
    return {
      resolves: await new Promise<string>((resolve, reject) => settle(outcomeOf(reason, status), resolve, reject)),
    };
  } catch (error) {
    return typeof error === "string" ? { rejects: error } : { rejectsError: String((error as { code: unknown }).code) };
  }
}

describe("call() does what the table of ends says", () => {
  for (const { reason, status, web } of vectors) {
    it(reason, async () => expect(await seen(reason as EndReason, status as EndStatus)).toEqual(web));
  }
});

it("takes a reason of a later version by its status", async () => {
  expect(await seen("later" as EndReason, "over")).toEqual({ resolves: "over" });
  expect(await seen("later" as EndReason, "missed")).toEqual({ rejects: "missed" });
});
