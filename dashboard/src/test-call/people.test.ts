import { expect, test } from "vitest";
import { peopleOf } from "./people";

test("the people have cuids that the server takes", () => {
  for (const memberId of ["mem_k3x9", "0199-8f3a-7c21-9d00-aa11bb22cc33", "m"]) {
    const [customer, courier] = peopleOf(memberId);
    for (const { cuid } of [customer, courier]) expect(cuid).toMatch(/^[A-Za-z0-9_]{5,50}$/);
    expect(customer.cuid).not.toBe(courier.cuid);
  }
});
