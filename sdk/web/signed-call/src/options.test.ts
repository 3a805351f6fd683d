import { describe, expect, it } from "vitest";
import { contextRule, imageAddress } from "@tring/core";
import vectors from "../../../../vectors/validation.json";
import { callFault, checkInitOptions, cuidFault, DIRECT_CALL, nameFault, type Product, SIGNED_CALL } from "./options";

const GOOD = { accountId: "acme1234", apikey: "pk_live_1", cuid: "anita_1", clevertap: {} };

/** The code with which the options are refused. */
function refusal(options: unknown, product: Product = SIGNED_CALL): unknown {
  try {
    checkInitOptions(options as typeof GOOD, product);
    return undefined;
  } catch (error) {
    return (error as { code: unknown }).code;
  }
}

function accepts(product: Product, field: string, value: string): boolean {
  if (field === "cuid") return cuidFault(value, product) === undefined;
  if (field === "name") return nameFault(value, product) === undefined;
  if (field === "context") return contextRule(value) === undefined;
  if (field === "image") return imageAddress(value, "https://shop.example/") !== undefined;
  throw new Error(`no rule for ${field}`);
}

describe("every vector of the rules", () => {
  for (const { field, value, signedCall, directCall } of vectors) {
    it(`${field} ${JSON.stringify(value.slice(0, 30))}`, () => {
      expect(accepts(SIGNED_CALL, field, value)).toBe(signedCall);
      expect(accepts(DIRECT_CALL, field, value)).toBe(directCall);
    });
  }
});

describe("initialising", () => {
  it("accepts what the documents show", () => {
    expect(refusal(GOOD)).toBeUndefined();
    expect(refusal({ ...GOOD, name: "Anita", ringtone: "/ring.mp3" })).toBeUndefined();
  });

  it("needs no apikey where a user token proves the account", () => {
    const { apikey: _, ...bare } = GOOD;
    expect(refusal(bare)).toBe("ERR_MISSING_INITPARAMETERS");
    expect(refusal({ ...bare, token: "ey.J.x" })).toBeUndefined();
    expect(refusal({ ...bare, getToken: () => "ey.J.x" })).toBeUndefined();
    expect(refusal({ ...GOOD, token: "" })).toBe("ERR_INVALID_INITPARAMETERS");
    expect(refusal({ ...GOOD, token: 7 })).toBe("ERR_INVALID_INITPARAMETERS");
    expect(refusal({ ...GOOD, getToken: "ey.J.x" })).toBe("ERR_INVALID_INITPARAMETERS");
  });

  it("misses the CleverTap instance first, in each product's own words", () => {
    expect(refusal({}, SIGNED_CALL)).toBe("ERR_MISSING_INITPARAMETERS");
    expect(refusal({}, DIRECT_CALL)).toBe("ERR_CLEVERTAP_DETAILS_NOT_FOUND");
    expect(refusal(undefined, DIRECT_CALL)).toBe("ERR_MISSING_INITPARAMETERS");
  });

  it("misses each mandatory parameter", () => {
    for (const field of ["accountId", "apikey", "cuid"]) {
      for (const nothing of [undefined, null, ""]) {
        expect(refusal({ ...GOOD, [field]: nothing })).toBe("ERR_MISSING_INITPARAMETERS");
      }
    }
  });

  it("refuses what breaks a rule", () => {
    expect(refusal({ ...GOOD, cuid: "91_8899555" })).toBe("ERR_INVALID_INITPARAMETERS");
    expect(refusal({ ...GOOD, accountId: 7 })).toBe("ERR_INVALID_INITPARAMETERS");
    expect(refusal({ ...GOOD, name: "Al" })).toBe("ERR_INVALID_INITPARAMETERS");
    expect(refusal({ ...GOOD, name: 7 })).toBe("ERR_INVALID_INITPARAMETERS");
    expect(refusal({ ...GOOD, name: "x".repeat(26) }, SIGNED_CALL)).toBe("ERR_INVALID_INITPARAMETERS");
    expect(refusal({ ...GOOD, name: "x".repeat(26) }, DIRECT_CALL)).toBeUndefined();
  });
});

describe("calling", () => {
  it("finds nothing wrong with a receiver and a context", () => {
    expect(callFault("anita_1", "ravi_22", "Your parcel", SIGNED_CALL)).toBeUndefined();
  });

  it("refuses what is missing, oneself, and what breaks a rule", () => {
    const bad: [unknown, unknown][] = [
      [undefined, "Hello"],
      ["ravi_22", undefined],
      ["ravi_22", ""],
      ["ravi_22", "   "],
      ["ravi_22", "x".repeat(513)],
      ["ravi_22", { reason: "Hello" }],
      ["anita_1", "Hello"],
      ["91_8899555", "Hello"],
      [77777, "Hello"],
    ];
    for (const [receiver, context] of bad) {
      expect(callFault("anita_1", receiver, context, SIGNED_CALL)?.code, String(receiver)).toBe(
        "ERR_INVALID_CALL_PARAMETERS",
      );
    }
  });
});
