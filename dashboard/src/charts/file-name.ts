/** What a downloaded chart is called. */

/** Where the figures of a chart come from; file names and printed sheets say so. */
export interface Source {
  /** The account. */
  readonly account: string;
  /** The range of days, a call's id, …: short and for people, such as `2026-11-01 to 2026-11-07`. */
  readonly range: string;
}

export type FileKind = "png" | "svg" | "pdf" | "csv" | "xlsx";

/** `call-status_acme_2026-11-01-to-2026-11-07.csv`: chart, account and range, in letters that every system allows. */
export function fileName(chart: string, source: Source, kind: FileKind): string {
  return `${[chart, source.account, source.range].map(plain).join("_")}.${kind}`;
}

function plain(text: string): string {
  return text.replaceAll(/[^A-Za-z0-9_-]+/g, "-").replaceAll(/^-+|-+$/g, "");
}
