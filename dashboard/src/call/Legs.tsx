import { Text } from "@mantine/core";
import { PATH_WORDS, PLATFORM_WORDS } from "../calls/words";
import { countText, shareText, UNITS } from "../charts/unit";
import type { CallLeg, LegQuality } from "../generated/api";
import { Facts } from "./Facts";
import classes from "./Legs.module.css";
import { legNames } from "./leg-names";
import { lossOf } from "./quality";

/** Each device with what it said of itself and how it sounded over the whole call. */
export function Legs({ legs }: { readonly legs: readonly CallLeg[] }) {
  const names = legNames(legs);
  return (
    <ul className={classes.legs}>
      {legs.map((leg) => (
        <li key={leg.leg}>
          <Text fw={600} mb={4}>
            {names.get(leg.leg)}
            {!leg.tookPart && (
              <Text component="span" c="dimmed" fw={400}>
                {" "}
                · rang, but took no part
              </Text>
            )}
          </Text>
          <Facts
            facts={[
              ["User", leg.cuid],
              ["Platform", PLATFORM_WORDS[leg.platform]],
              ["System", leg.system ?? "Not said"],
              ["Network", leg.network ?? "Not said"],
              ["SDK", leg.sdk ?? "Not said"],
              ["Device", leg.deviceId],
              ...qualityFacts(leg.quality),
            ]}
          />
        </li>
      ))}
    </ul>
  );
}

function qualityFacts(quality: LegQuality | null): [string, string][] {
  if (quality === null || quality.packets + quality.lost === 0) return [["Audio", "None"]];
  const loss = lossOf(quality);
  return [
    ["MOS", quality.mos === null ? "Not measured" : UNITS.score.text(quality.mos)],
    [
      "Loss",
      `${loss === null ? "–" : shareText(loss)} (${countText(quality.lost)} of ${countText(quality.packets + quality.lost)} packets)`,
    ],
    ["Jitter", UNITS.latency.text(quality.jitter)],
    ["RTT", quality.rtt === null ? "Not measured" : UNITS.latency.text(quality.rtt)],
    ["Made up", quality.concealed === undefined ? "Not said" : `${shareText(quality.concealed)} of what it played`],
    ["Audio went by", quality.path === undefined ? "Not known" : PATH_WORDS[quality.path]],
    ["Changes of its way", quality.pathChanges === 0 ? "None" : countText(quality.pathChanges)],
  ];
}
