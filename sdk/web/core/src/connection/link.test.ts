import fc from "fast-check";
import { expect, it } from "vitest";
import { BOUNDS } from "../generated/catalogue";
import { createLink, LinkBroken, type Numbered } from "./link";

it("repeats on resume exactly what was not received", () => {
  const link = createLink<string>();
  for (const message of ["a", "b", "c"]) link.send(message);
  link.acknowledge(1);
  expect(link.resume(2)).toEqual([{ seq: 3, message: "c" }]);
  expect(() => link.resume(0)).toThrow(LinkBroken);
  expect(() => link.acknowledge(4)).toThrow(LinkBroken);
});

it("calls a number new once and lets none be skipped", () => {
  const link = createLink<never>();
  expect(link.receive(1)).toBe("new");
  expect(link.receive(1)).toBe("duplicate");
  expect(() => link.receive(3)).toThrow(LinkBroken);
  expect(link.received()).toBe(1);
});

it("gives up an end that never acknowledges", () => {
  const link = createLink<number>();
  for (let n = 0; n < BOUNDS.OUTBOX_MAX; n += 1) link.send(n);
  expect(() => link.send(0)).toThrow(LinkBroken);
});

it("loses and doubles nothing across sockets that die at any moment", () => {
  const step = fc.constantFrom("send", "deliver", "acknowledge", "reconnect");
  fc.assert(
    fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
      const here = createLink<number>();
      const there = createLink<number>();
      let wire: Numbered<number>[] = [];
      let sent = 0;
      const seen: number[] = [];
      const deliver = () => {
        const first = wire.shift();
        if (first && there.receive(first.seq) === "new") seen.push(first.message);
      };
      for (const step of [...steps, "reconnect"]) {
        if (step === "send" && here.waiting() < BOUNDS.OUTBOX_MAX) {
          sent += 1;
          wire.push({ seq: here.send(sent), message: sent });
        } else if (step === "deliver") deliver();
        else if (step === "acknowledge") here.acknowledge(there.received());
        else if (step === "reconnect") wire = here.resume(there.received());
      }
      while (wire.length > 0) deliver();
      expect(seen).toEqual(Array.from({ length: sent }, (_, index) => index + 1));
    }),
  );
});
