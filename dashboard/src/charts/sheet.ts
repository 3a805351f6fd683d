/** A chart's rows under their headings: what the table, the CSV and the XLSX all show. */
import type { ChartModel } from "./model";
import { type Unit, UNITS } from "./unit";

export interface Head {
  readonly title: string;
  readonly unit: Unit | "text";
}

/** Text, a raw figure of the column's unit, or nothing. */
export type Cell = string | number | null;

export interface Sheet {
  readonly heads: readonly Head[];
  readonly rows: readonly (readonly Cell[])[];
}

export function sheetOf(model: ChartModel): Sheet {
  const details = model.detailTitle === undefined ? [] : [{ title: model.detailTitle, unit: "text" as const }];
  return {
    heads: [
      { title: model.rowTitle, unit: "text" },
      ...model.columns.map(({ title, unit }) => ({ title, unit })),
      ...details,
    ],
    rows: model.rows.map(({ name, values, detail }) => [
      name,
      ...model.columns.map((_, index) => values[index] ?? null),
      ...details.map(() => detail ?? null),
    ]),
  };
}

/** What the table on the page shows. */
export function cellText(head: Head, cell: Cell): string {
  if (cell === null) return "–";
  if (typeof cell === "string" || head.unit === "text") return String(cell);
  return UNITS[head.unit].text(cell);
}

/** A heading of an exported column; it names the unit, because the cells are bare numbers. */
export function exportedTitle(head: Head): string {
  return head.unit === "text" ? head.title : head.title + UNITS[head.unit].suffix;
}

/** An exported cell. */
export function exportedCell(head: Head, cell: Cell): Cell {
  if (typeof cell !== "number" || head.unit === "text") return cell;
  return UNITS[head.unit].exported(cell);
}
