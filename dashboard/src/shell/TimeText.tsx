import type { Timestamp } from "../generated/api";
import { exactly, roughly } from "./time";

export interface TimeTextProps {
  readonly at: Timestamp | null;
  /** `date`: 3 Nov 2026; `moment`: with hours and minutes; `ago`: 5 minutes ago. The exact time is in the tooltip. */
  readonly as?: "date" | "moment" | "ago";
  /** In place of no time. */
  readonly none?: string;
}

export function TimeText({ at, as = "moment", none = "Never" }: TimeTextProps) {
  if (at === null) return <>{none}</>;
  const date = new Date(at);
  return (
    <time dateTime={date.toISOString()} title={exactly(date)}>
      {as === "ago" ? roughly(at, Date.now()) : format[as].format(date)}
    </time>
  );
}

const format = {
  date: new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric" }),
  moment: new Intl.DateTimeFormat("en-GB", {
    day: "numeric",
    month: "short",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
  }),
};
