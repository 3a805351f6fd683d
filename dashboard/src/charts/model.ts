/**
 * A chart as data. The drawing, the table on the page, the CSV, the XLSX and the printed sheet are all made from the
 * same model, so that no two of them can disagree.
 */
import type { Unit } from "./unit";

/**
 * How the rows are drawn. `bars`: one horizontal bar for each row and drawn column. `time`: rows go from left to
 * right, with one panel for each unit among the drawn columns. `heat`: a cell for each row and column.
 */
export type ChartKind = "bars" | "time" | "heat";

/** Names of the palette; statuses have their own so that a status looks the same in every chart. */
export type Tint =
  | "over"
  | "declined"
  | "missed"
  | "cancelled"
  | "failed"
  | "first"
  | "second"
  | "third"
  | "good"
  | "fair"
  | "poor";

/** How a column of a `time` chart is drawn, or that it is told by the table alone. */
export type Mark = "bar" | "stack" | "line" | "told";

export interface ChartColumn {
  readonly title: string;
  readonly unit: Unit;
  readonly mark: Mark;
  readonly tint: Tint;
}

export interface ChartRow {
  /** A category, or the local time at which a point begins. */
  readonly name: string;
  /** The name as short as an axis wants it; the name itself if left out. */
  readonly tick?: string;
  /** A sentence about the row, told by the table. */
  readonly detail?: string;
  /** In place of the column's. */
  readonly tint?: Tint;
  /** One for each column; none where nothing could be measured. */
  readonly values: readonly (number | null)[];
}

export interface ChartModel {
  /** Names the chart in file names. */
  readonly id: string;
  readonly title: string;
  /** One or two sentences: what is counted, and how to read it. */
  readonly explanation: string;
  readonly kind: ChartKind;
  /** What a row is. */
  readonly rowTitle: string;
  /** What the rows' details are. */
  readonly detailTitle?: string;
  readonly columns: readonly ChartColumn[];
  readonly rows: readonly ChartRow[];
}

/** Whether there is anything to draw: a chart of zeros only is no picture of anything. */
export function hasFigures(model: ChartModel): boolean {
  return model.rows.some(({ values }) =>
    values.some((value, index) => value !== null && (value !== 0 || model.columns[index]?.unit !== "count")),
  );
}
