import { expect, it } from "vitest";
import { legNames } from "./leg-names";

it("devices are numbered where a side had several, in the order in which they came", () => {
  const caller = { leg: 0, role: "caller" } as const;
  const callee = { leg: 1, role: "callee" } as const;
  expect([...legNames([caller, callee]).values()]).toEqual(["Caller's device", "Callee's device"]);
  const legs = [caller, callee, { leg: 2, role: "callee" } as const, { leg: 3, role: "caller" } as const];
  expect([...legNames(legs)]).toEqual([
    [0, "Caller's device 1"],
    [1, "Callee's device 1"],
    [2, "Callee's device 2"],
    [3, "Caller's device 2"],
  ]);
});
