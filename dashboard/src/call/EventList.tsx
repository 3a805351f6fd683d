import { useMemo } from "react";
import { instantText } from "../calls/moment";
import { type Field, Records } from "../calls/Records";
import { durationText } from "../charts/unit";
import { viewersZone } from "../statistics/zone";
import classes from "./EventList.module.css";
import { legNames } from "./leg-names";
import type { Layout, Mark } from "./timeline";

/** Every event in words; the drawing shows the same ones under the same numbers. */
export function EventList({ layout: { marks, lanes } }: { readonly layout: Layout }) {
  const fields = useMemo((): readonly Field<Mark>[] => {
    const zone = viewersZone();
    const names = legNames(lanes.map(({ leg }) => leg));
    return [
      {
        title: "Event",
        of: ({ number, entry }) => (
          <span className={classes.event}>
            <span className={classes.number}>{number}</span>
            <span>{entry.sentence}</span>
          </span>
        ),
      },
      {
        title: "Whose",
        of: ({ lane }) => {
          const leg = lane === null ? undefined : lanes[lane]?.leg;
          return leg === undefined ? "The call" : names.get(leg.leg);
        },
      },
      { title: "Since placed", of: ({ entry }) => durationText(entry.sincePlaced) },
      { title: "Delay", of: ({ entry, number }) => (number === 1 ? "–" : durationText(entry.delay)) },
      { title: "Time", of: ({ entry }) => instantText(entry.at, zone) },
      { title: "Name", of: ({ entry }) => <code>{entry.event}</code> },
    ];
  }, [lanes]);
  return <Records label="Events" items={marks} keyOf={({ number }) => String(number)} fields={fields} />;
}
