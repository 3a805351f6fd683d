import { useComputedColorScheme } from "@mantine/core";
import { useElementSize } from "@mantine/hooks";
import type { CSSProperties } from "react";
import { PLATFORM_WORDS } from "../calls/words";
import type { Tint } from "../charts/model";
import { TINTS } from "../charts/palette";
import { durationText } from "../charts/unit";
import type { CallSummary } from "../generated/api";
import { legNames } from "./leg-names";
import classes from "./Timeline.module.css";
import type { Layout, Mark, Phase } from "./timeline";

const PHASES: Readonly<Record<Phase, { readonly label: string; readonly tint: Tint }>> = {
  reaching: { label: "Reaching", tint: "cancelled" },
  ringing: { label: "Ringing", tint: "missed" },
  connecting: { label: "Connecting", tint: "failed" },
  talking: { label: "Talking", tint: "over" },
  held: { label: "On hold", tint: "over" },
  away: { label: "Away", tint: "declined" },
};

const LANE = 64;
const BAR = 14;
const RADIUS = 10;
const SIDE = 16;
/** The line of the events that belong to the call rather than to one device, and of the delays. */
const CALL_LINE = 44;

export interface TimelineProps {
  readonly layout: Layout;
  readonly call: CallSummary;
}

/** The drawing of the events; to a screen reader it is one image, because the list of events tells the same. */
export function Timeline({ layout: { lanes, marks }, call }: TimelineProps) {
  const scheme = useComputedColorScheme("light");
  const { ref, width: room } = useElementSize<HTMLDivElement>();
  // No two numbers may touch; what does not fit is scrolled to.
  const width = Math.max(room, marks.length * 2.4 * RADIUS + 2 * SIDE, 280);
  const height = lanes.length * LANE + CALL_LINE;
  const x = (place: number) => SIDE + place * (width - 2 * SIDE);
  const laneY = (lane: number) => lane * LANE + 38;
  const callY = lanes.length * LANE + 16;
  const colour = (phase: Phase) => TINTS[scheme][PHASES[phase].tint];
  const names = legNames(lanes.map(({ leg }) => leg));
  const seen = new Set(lanes.flatMap(({ segments }) => segments.map(({ phase }) => phase)));
  const whole = durationText(call.endedAt - call.placedAt);

  return (
    <>
      <ul className={classes.legend} aria-label="Colours">
        {(Object.keys(PHASES) as Phase[])
          .filter((phase) => seen.has(phase))
          .map((phase) => (
            <li
              key={phase}
              className={phase === "held" ? classes.hollow : undefined}
              style={{ "--tint": colour(phase) } as CSSProperties}
            >
              {PHASES[phase].label}
            </li>
          ))}
      </ul>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by the keyboard */}
      <section ref={ref} className={classes.scroller} tabIndex={0} aria-label="Timeline drawing">
        <svg
          width={width}
          height={height}
          role="img"
          aria-label={`${marks.length} events from placed to ended in ${whole}. The list of events tells them one by one.`}
        >
          <line className={classes.line} x1={x(0)} x2={x(1)} y1={callY} y2={callY} />
          {lanes.map(({ leg, segments }, lane) => (
            <g key={leg.leg}>
              <text className={classes.title} x={SIDE} y={laneY(lane) - 18}>
                {`${names.get(leg.leg)} · ${leg.cuid} · ${PLATFORM_WORDS[leg.platform]}`}
              </text>
              <line className={classes.line} x1={x(0)} x2={x(1)} y1={laneY(lane)} y2={laneY(lane)} />
              {segments.map(({ phase, from, to }) => (
                <rect
                  key={from}
                  x={x(from)}
                  width={x(to) - x(from)}
                  y={laneY(lane) - BAR / 2}
                  height={BAR}
                  rx={3}
                  fill={colour(phase)}
                  fillOpacity={phase === "held" ? 0.15 : undefined}
                  stroke={phase === "held" ? colour(phase) : undefined}
                />
              ))}
            </g>
          ))}
          {marks.map((mark) => (
            <g
              key={mark.number}
              transform={`translate(${x(mark.at)} ${mark.lane === null ? callY : laneY(mark.lane)})`}
            >
              <title>{`${mark.entry.sentence} ${durationText(mark.entry.sincePlaced)} after placing`}</title>
              <circle className={classes.dot} r={RADIUS} />
              <text className={classes.number} dy="0.35em">
                {mark.number}
              </text>
            </g>
          ))}
          {delays(marks, x).map(({ number, middle, text }) => (
            <text key={number} className={classes.delay} x={middle} y={height - 4}>
              {text}
            </text>
          ))}
        </svg>
      </section>
    </>
  );
}

/** About how wide a letter of the small print is. */
const LETTER = 6.2;

/** The delays that have room between their two events. */
function delays(marks: readonly Mark[], x: (place: number) => number) {
  return marks.flatMap(({ number, at, entry }, index) => {
    const before = marks[index - 1];
    if (before === undefined) return [];
    const text = durationText(entry.delay);
    const [from, to] = [x(before.at), x(at)];
    return to - from < text.length * LETTER + 4 ? [] : [{ number, middle: (from + to) / 2, text }];
  });
}
