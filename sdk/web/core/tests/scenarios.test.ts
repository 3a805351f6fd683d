/** Replays `vectors/scenarios/`, which the native client replays as well; their README says how to read them. */
import { describe, expect, it } from "vitest";
import { type ClientInput, type ClientOutput, createClientMachine } from "../src/client/machine";
import type { CallChoices } from "../src/call/types";
import clientVectors from "../../../../vectors/messages/client.json";
import serverVectors from "../../../../vectors/messages/server.json";
import type { Identity } from "../src/connection/session";

interface Scenario {
  name: string;
  identity: Identity;
  /** Whether the app can bring user tokens. */
  getToken?: boolean;
  /** What the app allows its people to do with a second call; Signed Call's, unless given. */
  choices?: CallChoices;
  timeline: ({ at: number; in: ClientInput } | { at: number; out: ClientOutput[] })[];
}

const scenarios = import.meta.glob<Scenario>("../../../../vectors/scenarios/*.json", {
  eager: true,
  import: "default",
});

describe("scenarios", () => {
  it("hold every message of the protocol", () => {
    const inScenarios = new Set(Object.values(scenarios).flatMap(({ timeline }) => timeline.flatMap(bodiesOf)));
    const bodies = [...clientVectors, ...serverVectors].flatMap(({ frame }) =>
      "body" in frame ? [frame.body.type] : [],
    );
    expect(bodies.length).toBeGreaterThan(20);
    for (const type of bodies) expect(inScenarios).toContain(type);
  });

  for (const scenario of Object.values(scenarios)) it(scenario.name, () => replay(scenario));
});

/** The types of the numbered messages in a step. */
function bodiesOf(step: Scenario["timeline"][number]): string[] {
  const frames = "in" in step ? [step.in] : step.out;
  return frames.flatMap((entry) =>
    entry.type === "frame" && entry.frame.type === "message" ? [entry.frame.body.type] : [],
  );
}

function replay({ identity, getToken, choices, timeline }: Scenario): void {
  const machine = createClientMachine(identity, () => 0, getToken ? "app" : "none", choices);
  let said: { at: number; output: ClientOutput }[] = [];

  const feed = (at: number, input: ClientInput) => {
    for (const output of machine.handle(at, input)) said.push({ at, output });
  };
  const advance = (to: number) => {
    for (let due = machine.deadline(); due !== undefined && due <= to; due = machine.deadline()) {
      feed(due, { type: "tick" });
    }
  };

  for (const step of timeline) {
    advance(step.at);
    if ("in" in step) {
      expect(said, `before ${step.at}`).toEqual([]);
      feed(step.at, step.in);
    } else {
      expect(said).toEqual(step.out.map((output) => ({ at: step.at, output })));
      said = [];
    }
  }
  expect(said, "after the end").toEqual([]);
}
