/** Which calls of the log are shown, and how the page's address says it. */
import {
  type CallFilter,
  type EndReason,
  type EndStatus,
  type Platform,
  type QualityBand,
  REASONS,
} from "../generated/api";
import { addDays, type Day, isDay, isZone, startOfDay } from "../statistics/zone";
import { PLATFORMS, QUALITIES, STATUSES } from "./words";

/** As a person says it: days rather than moments. */
export interface LogFilter {
  readonly cuid?: string;
  readonly status?: EndStatus;
  readonly reason?: EndReason;
  readonly platform?: Platform;
  readonly quality?: QualityBand;
  /** The first day. */
  readonly from?: Day;
  /** The last day, included. */
  readonly to?: Day;
  /** Whose days are meant. */
  readonly zone: string;
}

export const ALL_REASONS = Object.keys(REASONS) as readonly EndReason[];

/** What the page's address says; what makes no sense does not filter. */
export function filterFrom(query: URLSearchParams, ownZone: string): LogFilter {
  const zone = query.get("zone");
  const cuid = query.get("cuid")?.trim();
  const from = query.get("from");
  const to = query.get("to");
  return {
    zone: zone !== null && isZone(zone) ? zone : ownZone,
    ...(cuid === undefined || cuid === "" ? {} : { cuid }),
    ...known("status", STATUSES, query),
    ...known("reason", ALL_REASONS, query),
    ...known("platform", PLATFORMS, query),
    ...known("quality", QUALITIES, query),
    ...(from !== null && isDay(from) ? { from } : {}),
    ...(to !== null && isDay(to) ? { to } : {}),
  };
}

/** The address of a filtered log; the viewer's own zone is left out. */
export function queryFor({ zone, ...filters }: LogFilter, ownZone: string): URLSearchParams {
  const query = new URLSearchParams(Object.entries(filters));
  if (zone !== ownZone) query.set("zone", zone);
  return query;
}

/** What the server is asked: the last day ends where the next begins. */
export function askedOf({ zone, from, to, ...filters }: LogFilter): CallFilter {
  return {
    ...filters,
    ...(from === undefined ? {} : { from: startOfDay(from, zone) }),
    ...(to === undefined ? {} : { to: startOfDay(addDays(to, 1), zone) }),
  };
}

/** Whether anything is filtered at all. */
export function isFiltered({ zone: _, ...filters }: LogFilter): boolean {
  return Object.keys(filters).length > 0;
}

/** Whether the text is a call's id: then somebody looks for that one call. */
export function isCallId(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
}

function known<Name extends string, Value extends string>(
  name: Name,
  values: readonly Value[],
  query: URLSearchParams,
): { readonly [name in Name]?: Value } {
  const value = values.find((one) => one === query.get(name));
  return value === undefined ? {} : ({ [name]: value } as { readonly [name in Name]: Value });
}
