/** What ECharts is told to draw for a model. */
import type { BarSeriesOption, HeatmapSeriesOption, LineSeriesOption } from "echarts/charts";
import type {
  GridComponentOption,
  LegendComponentOption,
  TitleComponentOption,
  TooltipComponentOption,
  VisualMapComponentOption,
} from "echarts/components";
import type { ComposeOption } from "echarts/core";
import type { ChartColumn, ChartModel, ChartRow, Tint } from "./model";
import { INK, PATTERNS, type Scheme, TINTS } from "./palette";
import { type Unit, UNITS } from "./unit";

export type ChartOption = ComposeOption<
  | BarSeriesOption
  | GridComponentOption
  | HeatmapSeriesOption
  | LegendComponentOption
  | LineSeriesOption
  | TitleComponentOption
  | TooltipComponentOption
  | VisualMapComponentOption
>;

type AxisOption = Extract<ChartOption["xAxis"], readonly unknown[]>[number];
type Series = BarSeriesOption | HeatmapSeriesOption | LineSeriesOption;

export interface Look {
  readonly scheme: Scheme;
  /** In CSS pixels. */
  readonly width: number;
  /** Lines above the drawing, for a picture that leaves the page. */
  readonly heading?: { readonly title: string; readonly subtitle: string };
}

const PANEL_HEIGHT = 200;
const BAR_HEIGHT = 44;
const HEAT_ROW_HEIGHT = 30;
const HEADING_HEIGHT = 56;
const LEGEND_HEIGHT = 24;
/** Below the last axis, and between two panels. */
const FOOT = 8;
const PANEL_TITLE_HEIGHT = 24;
/** The axis below bars or a heat map is part of its room. */
const BARS_AXIS = 24;
const FONT = "system-ui, -apple-system, Segoe UI, Roboto, Helvetica, Arial, sans-serif";

/** How high the drawing is, so that its room is kept before it is there. */
export function heightOf(model: ChartModel, { width, heading }: Pick<Look, "width" | "heading">): number {
  return top(model, width, heading !== undefined) + bodyHeight(model) + FOOT;
}

export function optionOf(model: ChartModel, look: Look): ChartOption {
  const { scheme, heading } = look;
  const ink = INK[scheme];
  const legend = legendOf(model);
  return {
    // A picture that is taken before the bars have grown would lie, and who asked for less motion wants none of it.
    animation: false,
    backgroundColor: heading === undefined ? "transparent" : ink.card,
    textStyle: { fontFamily: FONT, color: ink.text },
    ...(heading === undefined ? {} : { title: titleOf(heading, scheme) }),
    ...(legend.length === 0
      ? {}
      : {
          legend: {
            data: legend.map(({ title }) => title),
            top: heading === undefined ? 0 : HEADING_HEIGHT,
            left: 0,
            textStyle: { color: ink.text },
            itemHeight: 12,
            itemWidth: 20,
          },
        }),
    ...DRAWERS[model.kind](model, look),
  };
}

const DRAWERS: Readonly<Record<ChartModel["kind"], (model: ChartModel, look: Look) => ChartOption>> = {
  bars: barsOption,
  time: timeOption,
  heat: heatOption,
};

/** One horizontal bar for each row and drawn column, the first row on top. */
function barsOption(model: ChartModel, look: Look): ChartOption {
  const drawn = drawnColumns(model);
  const unit = drawn[0]?.column.unit ?? "count";
  const labels = labelsOf(model, look);
  return {
    grid: { ...frame(model, look), right: 64, height: bodyHeight(model) },
    tooltip: { ...tooltip(look), trigger: "axis", axisPointer: { type: "shadow" } },
    xAxis: valueAxis(unit, mostOf(model, drawn), look),
    yAxis: {
      ...categoryAxis(model.rows, look),
      inverse: true,
      axisLabel: { color: INK[look.scheme].text, width: labels, lineHeight: 14, overflow: "break", interval: 0 },
    },
    series: drawn.map(({ column, index }) => ({
      type: "bar",
      name: column.title,
      barMaxWidth: 22,
      data: model.rows.map((row) => ({
        value: row.values[index] ?? "-",
        itemStyle: paint(row.tint ?? column.tint, look.scheme),
      })),
      itemStyle: paint(column.tint, look.scheme),
      label: {
        show: true,
        position: "right",
        color: INK[look.scheme].text,
        formatter: ({ value }) => (typeof value === "number" ? UNITS[column.unit].text(value) : ""),
      },
      tooltip: { valueFormatter: formatter(column.unit) },
    })),
  };
}

/** Rows from left to right; one panel for each unit, because two scales over each other suggest what is not there. */
function timeOption(model: ChartModel, look: Look): ChartOption {
  const panels = panelsOf(model);
  const start = top(model, look.width, look.heading !== undefined);
  const titled = panels.length > 1 ? PANEL_TITLE_HEIGHT : 0;
  const ink = INK[look.scheme];
  return {
    grid: panels.map((_, panel) => ({
      ...frame(model, look),
      top: start + panel * PANEL_HEIGHT + titled,
      height: PANEL_HEIGHT - titled - FOOT,
    })),
    tooltip: { ...tooltip(look), trigger: "axis", axisPointer: { type: "shadow" } },
    xAxis: panels.map((_, gridIndex) => ({ ...categoryAxis(model.rows, look), gridIndex })),
    yAxis: panels.map(({ unit, columns }, gridIndex) => ({
      ...valueAxis(unit, mostOf(model, columns), look),
      gridIndex,
      // Several panels have no common legend to name them.
      ...(panels.length > 1 && columns.length === 1
        ? {
            name: columns[0]?.column.title ?? "",
            nameLocation: "end" as const,
            nameGap: 10,
            nameTextStyle: { color: ink.text, align: "left" as const, fontWeight: "bold" as const },
          }
        : {}),
    })),
    series: panels.flatMap(({ columns }, panel) =>
      columns.map(({ column, index }) => ({
        ...timeSeries(model, column, index, panel, look.scheme),
      })),
    ),
  };
}

function timeSeries(model: ChartModel, column: ChartColumn, index: number, panel: number, scheme: Scheme): Series {
  const shared = {
    name: column.title,
    xAxisIndex: panel,
    yAxisIndex: panel,
    data: model.rows.map(({ values }) => values[index] ?? "-"),
    tooltip: { valueFormatter: formatter(column.unit) },
  };
  if (column.mark === "line") {
    const colour = TINTS[scheme][column.tint];
    return {
      ...shared,
      type: "line",
      // A lone point between two gaps has no line; without a symbol it would not be seen.
      showSymbol: true,
      showAllSymbol: true,
      symbol: column.tint === "second" ? "diamond" : "circle",
      symbolSize: model.rows.length > 60 ? 3 : 6,
      lineStyle: { color: colour, width: 2, type: column.tint === "second" ? "dashed" : "solid" },
      itemStyle: { color: colour },
    };
  }
  return {
    ...shared,
    type: "bar",
    barMaxWidth: 40,
    ...(column.mark === "stack" ? { stack: "all" } : {}),
    itemStyle: paint(column.tint, scheme),
  };
}

/** A cell for each row and column, the darker the more. */
function heatOption(model: ChartModel, look: Look): ChartOption {
  const ink = INK[look.scheme];
  const unit = model.columns[0]?.unit ?? "count";
  const most = Math.max(1, ...model.rows.flatMap(({ values }) => values.map((value) => value ?? 0)));
  const rowName = (index: number) => model.rows[index]?.name ?? "";
  const columnName = (index: number) => model.columns[index]?.title ?? "";
  return {
    grid: { ...frame(model, look), height: bodyHeight(model) },
    tooltip: {
      ...tooltip(look),
      formatter: (item) => {
        const cell = Array.isArray(item) ? item[0]?.value : item.value;
        if (!Array.isArray(cell)) return "";
        const [column, row, value] = cell.map(Number);
        return `${rowName(row ?? 0)} ${columnName(column ?? 0)}: ${UNITS[unit].text(value ?? 0)}`;
      },
    },
    visualMap: {
      type: "continuous",
      show: false,
      min: 0,
      max: most,
      inRange: { color: [ink.ground, ink.full] },
    },
    xAxis: {
      ...categoryAxis(
        model.columns.map(({ title }) => ({ name: title, values: [] })),
        look,
      ),
      splitArea: { show: false },
    },
    yAxis: {
      ...categoryAxis(model.rows, look),
      inverse: true,
      axisLabel: { color: ink.text, interval: 0 },
    },
    series: [
      {
        type: "heatmap",
        name: model.title,
        data: model.rows.flatMap(({ values }, row) => values.map((value, column) => [column, row, value ?? 0])),
        itemStyle: { borderColor: ink.card, borderWidth: 2, borderRadius: 3 },
        emphasis: { itemStyle: { borderColor: ink.text } },
      },
    ],
  };
}

interface Drawn {
  readonly column: ChartColumn;
  readonly index: number;
}

function drawnColumns(model: ChartModel): Drawn[] {
  return model.columns.map((column, index) => ({ column, index })).filter(({ column }) => column.mark !== "told");
}

interface Panel {
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
function legendOf(model: ChartModel): ChartColumn[] {
  if (model.kind === "heat") return [];
  const groups = model.kind === "bars" ? [drawnColumns(model)] : panelsOf(model).map(({ columns }) => columns);
  return groups.filter((columns) => columns.length > 1).flatMap((columns) => columns.map(({ column }) => column));
}

function top(model: ChartModel, width: number, heading: boolean): number {
  return (heading ? HEADING_HEIGHT : 0) + legendRows(model, width) * LEGEND_HEIGHT + 8;
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

function bodyHeight(model: ChartModel): number {
  switch (model.kind) {
    case "bars":
      return Math.max(1, model.rows.length) * BAR_HEIGHT + BARS_AXIS;
    case "time":
      return Math.max(1, panelsOf(model).length) * PANEL_HEIGHT;
    case "heat":
      return model.rows.length * HEAT_ROW_HEIGHT + BARS_AXIS;
  }
}

function frame(model: ChartModel, look: Look): GridComponentOption {
  return { left: 8, right: 16, top: top(model, look.width, look.heading !== undefined), outerBoundsMode: "same" };
}

/** Names of bars may take a third of the room and wrap beyond. */
function labelsOf(model: ChartModel, look: Look): number {
  const longest = Math.max(...model.rows.map(({ name }) => name.length), 1);
  return Math.min(longest * 7.5, look.width / 3);
}

function categoryAxis(rows: readonly ChartRow[], { scheme }: Look) {
  return {
    type: "category" as const,
    data: rows.map(({ name }) => name),
    axisTick: { show: false },
    axisLine: { lineStyle: { color: INK[scheme].line } },
    axisLabel: {
      color: INK[scheme].faint,
      hideOverlap: true,
      formatter: (name: string, index: number) => rows[index]?.tick ?? name,
    },
  } satisfies AxisOption;
}

function valueAxis(unit: Unit, most: number, { scheme }: Look) {
  return {
    type: "value" as const,
    ...SCALES[unit](most),
    splitNumber: 4,
    splitLine: { lineStyle: { color: INK[scheme].line } },
    axisLabel: { color: INK[scheme].faint, hideOverlap: true, formatter: (value: number) => tickText(unit, value) },
  };
}

interface Scale {
  readonly min?: number;
  readonly max?: number;
  readonly interval?: number;
  readonly minInterval?: number;
}

/** Where an axis ends and ticks, so that no tick is half a call or 2 h 46 min. */
const SCALES: Readonly<Record<Unit, (most: number) => Scale>> = {
  count: () => ({ minInterval: 1 }),
  // A loss of 0.2 % is not drawn as if it were nothing, nor 0 % as if it were all.
  share: (most) => {
    const max = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5].find((end) => most <= end) ?? 1;
    return { min: 0, max, interval: max / (max === 1 ? 4 : 2) };
  },
  duration: (most) => {
    const interval = durationStep(most / 4);
    return { min: 0, max: Math.max(1, Math.ceil(most / interval)) * interval, interval };
  },
  latency: () => ({ min: 0, minInterval: 1 }),
  // ITU-T P.800.
  score: () => ({ min: 1, max: 5, interval: 1 }),
};

/** The step of a clock that is at least so long. */
function durationStep(least: number): number {
  const second = 1000;
  const minute = 60 * second;
  const hour = 60 * minute;
  const steps = [
    ...[1, 2, 5, 10, 15, 30].map((seconds) => seconds * second),
    ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * minute),
    ...[1, 2, 5, 10].map((hours) => hours * hour),
  ];
  return steps.find((step) => step >= least) ?? 10 ** Math.ceil(Math.log10(least / hour)) * hour;
}

/** The highest value that the drawn columns reach; stacked ones reach their sum. */
function mostOf(model: ChartModel, drawn: readonly Drawn[]): number {
  return Math.max(
    0,
    ...model.rows.map(({ values }) => {
      const figures = drawn.map(({ index }) => values[index] ?? 0);
      const stacked = drawn.some(({ column }) => column.mark === "stack");
      return stacked ? figures.reduce((sum, figure) => sum + figure, 0) : Math.max(...figures);
    }),
  );
}

function tickText(unit: Unit, value: number): string {
  return unit === "score" ? String(value) : UNITS[unit].text(value);
}

function formatter(unit: Unit) {
  return (value: unknown) => (typeof value === "number" ? UNITS[unit].text(value) : "–");
}

function paint(tint: Tint, scheme: Scheme) {
  const pattern = PATTERNS[tint];
  return {
    color: TINTS[scheme][tint],
    ...(pattern === undefined
      ? {}
      : {
          decal: {
            symbol: pattern.symbol,
            symbolSize: pattern.symbolSize,
            rotation: pattern.rotation,
            dashArrayX: [...pattern.dashArrayX],
            dashArrayY: [...pattern.dashArrayY],
            color: scheme === "light" ? "rgba(255, 255, 255, 0.45)" : "rgba(0, 0, 0, 0.35)",
          },
        }),
  };
}

function tooltip({ scheme }: Look): TooltipComponentOption {
  const ink = INK[scheme];
  return {
    confine: true,
    backgroundColor: ink.card,
    borderColor: ink.line,
    textStyle: { color: ink.text, fontSize: 13 },
  };
}

function titleOf({ title, subtitle }: { title: string; subtitle: string }, scheme: Scheme): TitleComponentOption {
  const ink = INK[scheme];
  return {
    text: title,
    subtext: subtitle,
    left: 8,
    top: 4,
    textStyle: { color: ink.text, fontSize: 18 },
    subtextStyle: { color: ink.faint, fontSize: 13 },
  };
}
