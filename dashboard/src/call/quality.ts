/** How one device of a call sounded over time, as a chart. */
import type { ChartModel } from "../charts/model";
import { clockText } from "../charts/unit";
import type { CallDetail, CallLeg, QualitySample } from "../generated/api";
import { legNames } from "./leg-names";

export function legChart({ call, legs, samples }: CallDetail, { leg, role, cuid }: CallLeg): ChartModel {
  const began = call.answeredAt ?? call.placedAt;
  return {
    // Several devices of one side have several files.
    id: `quality-of-${role}${leg > 1 ? `-${leg}` : ""}`,
    title: `Sound of the ${legNames(legs).get(leg)?.replace(/^C/, "c") ?? "device"}`,
    explanation:
      `The device of ${cuid} by time since the answer. MOS goes from 1 to 4.5; below 3.1 many complain. It is of what ` +
      "the device played, if the device told how much of that had to be made up; else of what came from it. Loss is " +
      "how much of what it sent never came, jitter how unevenly it came, RTT the time to the device and back.",
    kind: "time",
    rowTitle: "Since the answer",
    columns: [
      { title: "MOS", unit: "score", mark: "line", tint: "first" },
      { title: "Loss", unit: "share", mark: "line", tint: "second" },
      { title: "Made up", unit: "share", mark: "line", tint: "third" },
      { title: "Jitter", unit: "latency", mark: "line", tint: "third" },
      { title: "RTT", unit: "latency", mark: "line", tint: "first" },
      { title: "Packets", unit: "count", mark: "told", tint: "first" },
      { title: "Lost packets", unit: "count", mark: "told", tint: "first" },
    ],
    rows: samples
      .filter((sample) => sample.leg === leg)
      .map((sample) => ({
        name: tenths(sample.at - began),
        tick: clockText(sample.at - began),
        values: [sample.mos, lossOf(sample), sample.concealed, sample.jitter, sample.rtt, sample.packets, sample.lost],
      })),
  };
}

/** Of all packets that were sent; none where none were. */
export function lossOf({ packets, lost }: Pick<QualitySample, "packets" | "lost">): number | null {
  return packets + lost === 0 ? null : lost / (packets + lost);
}

/** `1:05.3`: two stretches may end within one second. */
function tenths(millis: number): string {
  return `${clockText(millis)}.${Math.floor(Math.max(0, millis) / 100) % 10}`;
}
