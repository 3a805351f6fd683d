/** The two people of a test call. */
import type { Person } from "./phone/messages";

/** Longest part of a member's id that goes into a cuid. */
const TAIL = 12;

/** Each member has two people of their own, so that two members can try at the same time. */
export function peopleOf(memberId: string): readonly [Person, Person] {
  const tail = memberId.replace(/[^A-Za-z0-9]/g, "").slice(-TAIL);
  return [
    { cuid: `test_customer_${tail}`, name: "Anita" },
    { cuid: `test_courier_${tail}`, name: "Ravi" },
  ];
}
