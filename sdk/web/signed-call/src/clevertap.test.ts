import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { announceSdk, cleverTapIds, IDS_WAIT, pushEvent } from "./clevertap";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe("the ids", () => {
  it("are taken as soon as the instance knows them", async () => {
    let known: string | null = null;
    const ids = cleverTapIds({ getAccountID: () => "TEST-1", getCleverTapID: () => known });
    await vi.advanceTimersByTimeAsync(1_000);
    known = "guid-1";
    await vi.advanceTimersByTimeAsync(200);
    await expect(ids).resolves.toEqual({ accountId: "TEST-1", guid: "guid-1" });
  });

  it("are missing after a while, the account first", async () => {
    const missing: [object, string][] = [
      [{}, "ERR_MISSING_CT_ACCOUNTID"],
      [{ getAccountID: () => "TEST-1" }, "ERR_MISSING_CT_ID"],
      [{ getAccountID: () => "TEST-1", getCleverTapID: () => "" }, "ERR_MISSING_CT_ID"],
    ];
    for (const [clevertap, code] of missing) {
      const refused = expect(cleverTapIds(clevertap)).rejects.toMatchObject({ code });
      await vi.advanceTimersByTimeAsync(IDS_WAIT);
      await refused;
    }
  });
});

describe("an event", () => {
  const identity = { accountId: "TEST-1", guid: "guid-1", scAccountId: "acme1234", cuid: "anita_1" };

  it("has the vendors' fields, and the ones of its end only at the end", () => {
    vi.setSystemTime(1_795_000_000_000);
    const pushed: unknown[] = [];
    const clevertap = { event: { push: (name: string, properties: object) => pushed.push([name, properties]) } };
    const common = {
      ct_account_id: "TEST-1",
      sc_account_id: "acme1234",
      guid: "guid-1",
      call_id: "call-1",
      cuid: "anita_1",
      epoch: 1_795_000_000_000,
      context: "Hello",
    };
    pushEvent(clevertap, identity, { name: "SCOutgoing", callId: "call-1", context: "Hello" });
    pushEvent(clevertap, identity, {
      name: "SCEnd",
      callId: "call-1",
      context: "Hello",
      callStatus: "declined",
      reason: "user busy",
      reasonCode: 1001,
    });
    expect(pushed).toEqual([
      ["SCOutgoing", common],
      ["SCEnd", { ...common, call_status: "declined", reason: "user busy", reason_code: 1001 }],
    ]);
  });

  it("never disturbs a call, whatever the instance does with it", () => {
    const broken = {
      event: {
        push() {
          throw new Error("no analytics today");
        },
      },
      setSCSDKVersion() {
        throw new Error("nor versions");
      },
    };
    expect(() => pushEvent(broken, identity, { name: "SCIncoming", callId: "call-1", context: "Hello" })).not.toThrow();
    expect(() => announceSdk(broken, "0.1.0")).not.toThrow();
    expect(() => announceSdk({}, "0.1.0")).not.toThrow();
  });
});
