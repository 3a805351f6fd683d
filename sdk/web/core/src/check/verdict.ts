/** What the findings of a check come to, for a program and in words. */
import type { CheckReason, CheckResult, PathCheck } from "./types";

/** Share of lost packets above which speech gets hard to follow although much is made good. */
const LOSSY = 0.05;
/** Round trip to the relay in milliseconds above which two people begin to talk into each other. */
const SLOW = 400;

export type Findings = Omit<CheckResult, "verdict" | "words" | "reasons">;

/** Without these there is no call, in the order in which they are to be mended. */
const FATAL: readonly CheckReason[] = [
  "microphone_blocked",
  "microphone_missing",
  "server_unreachable",
  "relay_unreachable",
];

const WORDS: Record<CheckReason, string> = {
  microphone_blocked:
    "This page may not use the microphone. Allow it in the browser’s settings for this page, and try again.",
  microphone_missing: "No microphone was found. Connect one, and try again.",
  microphone_silent:
    "The microphone is open and hears nothing. See whether it is switched off or another one is meant.",
  server_unreachable: "The server for calls cannot be reached. See whether this device is online.",
  relay_unreachable:
    "This network lets no calls through. Try another one, or ask who runs it to open the relay’s port.",
  udp_blocked: "Calls work, but this network lets them through only by TCP, which may make them stutter.",
  lossy: "Calls work, but this network loses much of the sound. Go nearer to the Wi-Fi, or try another network.",
  slow: "Calls work, but the way to the server is long: both sides will talk into each other at times.",
};

export function conclude(findings: Findings): CheckResult {
  const reasons = reasonsOf(findings);
  const worst = reasons[0];
  const isFatal = worst !== undefined && FATAL.includes(worst);
  return {
    ...findings,
    verdict: worst === undefined ? "good" : isFatal ? "impossible" : "poor",
    words: worst === undefined ? "Calls work from here." : WORDS[worst],
    reasons,
  };
}

/** Everything that is wrong, the worst first. */
function reasonsOf({ microphone, signalling, udp, tcp, turn }: Findings): CheckReason[] {
  const reasons: CheckReason[] = [];
  if (microphone === "blocked" || microphone === "missing") reasons.push(`microphone_${microphone}`);
  if (!signalling) return [...reasons, "server_unreachable"];
  const used = [udp, turn, tcp].find((path) => path?.works);
  if (!used) reasons.push("relay_unreachable");
  if (microphone === "silent") reasons.push("microphone_silent");
  if (used && !udp?.works) reasons.push("udp_blocked");
  return [...reasons, ...(used ? shortcomings(used) : [])];
}

function shortcomings({ lost = 0, rtt = 0 }: PathCheck): CheckReason[] {
  const reasons: CheckReason[] = [];
  if (lost >= LOSSY) reasons.push("lossy");
  if (rtt >= SLOW) reasons.push("slow");
  return reasons;
}
