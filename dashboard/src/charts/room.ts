/** How much room the parts of a drawing take, known before anything is drawn, so that it can be kept for them. */
import type { ChartColumn, ChartModel } from "./model";
import type { Unit } from "./unit";

export const PANEL_HEIGHT = 200;
const BAR_HEIGHT = 44;
const HEAT_ROW_HEIGHT = 30;
export const HEADING_HEIGHT = 56;
const LEGEND_HEIGHT = 24;
/** Below the last axis, and between two panels. */
export const FOOT = 8;
export const PANEL_TITLE_HEIGHT = 24;
/** The axis below bars or a heat map is part of its room. */
const BARS_AXIS = 24;

/** What of a chart's look decides its room. */
export interface Space {
  /** In CSS pixels. */
  readonly width: number;
  /** Lines above the drawing, for a picture that leaves the page. */
  readonly heading?: { readonly title: string; readonly subtitle: string };
}

/** How high the drawing is, so that its room is kept before it is there. */
export function heightOf(model: ChartModel, space: Space): number {
  return top(model, space) + bodyHeight(model) + FOOT;
}

export interface Drawn {
  readonly column: ChartColumn;
  readonly index: number;
}

export function drawnColumns(model: ChartModel): Drawn[] {
  return model.columns.map((column, index) => ({ column, index })).filter(({ column }) => column.mark !== "told");
}

export interface Panel {
  readonly unit: Unit;
  readonly columns: readonly Drawn[];
}

/** The drawn columns by unit, in the order in which the units first occur. */
export function panelsOf(model: ChartModel): Panel[] {
  const panels = new Map<Unit, Drawn[]>();
  for (const drawn of drawnColumns(model)) {
    const { unit } = drawn.column;
    panels.set(unit, [...(panels.get(unit) ?? []), drawn]);
  }
  return [...panels].map(([unit, columns]) => ({ unit, columns }));
}

/** Columns that only a legend tells apart; a lone column is named by the chart's title or its panel. */
export function legendOf(model: ChartModel): ChartColumn[] {
  if (model.kind === "heat") return [];
  const groups = model.kind === "bars" ? [drawnColumns(model)] : panelsOf(model).map(({ columns }) => columns);
  return groups.filter((columns) => columns.length > 1).flatMap((columns) => columns.map(({ column }) => column));
}

/** Where the first panel begins. */
export function top(model: ChartModel, { width, heading }: Space): number {
  return (heading !== undefined ? HEADING_HEIGHT : 0) + legendRows(model, width) * LEGEND_HEIGHT + 8;
}

/** A legend's entry without its word: its mark and the gaps around. */
const LEGEND_MARK = 36;
const LETTER = 7;

/** How many rows ECharts breaks the legend into, rather a row too many than entries over the chart. */
function legendRows(model: ChartModel, width: number): number {
  let rows = 0;
  let left = 0;
  for (const { title } of legendOf(model)) {
    const entry = LEGEND_MARK + title.length * LETTER;
    if (entry > left) {
      rows += 1;
      left = width;
    }
    left -= entry;
  }
  return rows;
}

export function bodyHeight(model: ChartModel): number {
  switch (model.kind) {
    case "bars":
      return Math.max(1, model.rows.length) * BAR_HEIGHT + BARS_AXIS;
    case "time":
      return Math.max(1, panelsOf(model).length) * PANEL_HEIGHT;
    case "heat":
      return model.rows.length * HEAT_ROW_HEIGHT + BARS_AXIS;
  }
}
