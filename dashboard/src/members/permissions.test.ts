import { expect, test } from "vitest";
import { givable, mayChangeRole, mayRemove } from "./permissions";

test("nobody gives more than they have", () => {
  expect(givable("viewer")).toEqual([]);
  expect(givable("admin")).toEqual(["viewer", "admin"]);
  expect(givable("owner")).toEqual(["viewer", "admin", "owner"]);
});

test("owners are touched by owners alone", () => {
  expect(mayChangeRole("admin", { role: "owner" })).toBe(false);
  expect(mayChangeRole("owner", { role: "owner" })).toBe(true);
  expect(mayChangeRole("admin", { role: "admin" })).toBe(true);
  expect(mayChangeRole("viewer", { role: "viewer" })).toBe(false);
});

test("everybody may leave", () => {
  expect(mayRemove("viewer", "m1", { memberId: "m1", role: "viewer" })).toBe(true);
  expect(mayRemove("viewer", "m1", { memberId: "m2", role: "viewer" })).toBe(false);
});
