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
import {
  bodyHeight,
  type Drawn,
  drawnColumns,
  FOOT,
  HEADING_HEIGHT,
  legendOf,
  PANEL_HEIGHT,
  PANEL_TITLE_HEIGHT,
  panelsOf,
  type Space,
  top,
} from "./room";
import { SCALES } from "./scale";
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

export interface Look extends Space {
  readonly scheme: Scheme;
}

const FONT = "system-ui, -apple-system, Segoe UI, Roboto, Helvetica, Arial, sans-serif";

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
  const start = top(model, look);
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

function frame(model: ChartModel, look: Look): GridComponentOption {
  return { left: 8, right: 16, top: top(model, look), outerBoundsMode: "same" };
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
