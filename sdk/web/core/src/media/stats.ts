/** From the browser's statistics to the few numbers that watchdog and judge want. */
import type { Counters } from "./quality";

/** The counters of a peer; what a browser does not report is 0. */
export function countersOf(report: RTCStatsReport): Counters {
  const counters: Counters = { received: 0, lost: 0, samples: 0, concealed: 0, sentLoss: 0, roundTrip: 0 };
  report.forEach((entry: Record<string, unknown>) => {
    switch (entry.type) {
      case "inbound-rtp":
        counters.received += number(entry.packetsReceived);
        counters.lost += number(entry.packetsLost);
        counters.samples += number(entry.totalSamplesReceived);
        // Silence that was made up while nobody spoke disturbs nobody.
        counters.concealed += number(entry.concealedSamples) - number(entry.silentConcealedSamples);
        break;
      case "remote-inbound-rtp":
        counters.sentLoss = Math.max(counters.sentLoss, number(entry.fractionLost));
        break;
      case "candidate-pair":
        if (entry.nominated === true && entry.state === "succeeded") {
          counters.roundTrip = Math.max(counters.roundTrip, number(entry.currentRoundTripTime));
        }
    }
  });
  return counters;
}

function number(value: unknown): number {
  return typeof value === "number" && Number.isFinite(value) ? value : 0;
}
