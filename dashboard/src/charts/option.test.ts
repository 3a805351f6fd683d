import { describe, expect, it } from "vitest";
import type { ChartColumn, ChartModel } from "./model";
import { optionOf } from "./option";
import { panelsOf } from "./room";

const column = (title: string, more: Partial<ChartColumn> = {}): ChartColumn => ({
  title,
  unit: "count",
  mark: "stack",
  tint: "over",
  ...more,
});

const model: ChartModel = {
  id: "m",
  title: "M",
  explanation: "",
  kind: "time",
  rowTitle: "Day",
  columns: [
    column("Over"),
    column("Missed", { tint: "missed" }),
    column("All", { mark: "told" }),
    column("MOS", { unit: "score", mark: "line" }),
  ],
  rows: [
    { name: "2026-11-01", tick: "1 Nov", values: [5, 2, 7, 4.2] },
    { name: "2026-11-02", tick: "2 Nov", values: [1, 0, 1, null] },
  ],
};

describe("what is drawn", () => {
  const series = () => [optionOf(model, { scheme: "light", width: 800 }).series].flat();

  it("is the drawn columns with the model's own figures; a gap stays a gap", () => {
    expect(series().map((one) => [one?.name, one?.type, one?.data])).toEqual([
      ["Over", "bar", [5, 1]],
      ["Missed", "bar", [2, 0]],
      ["MOS", "line", [4.2, "-"]],
    ]);
  });

  it("has a panel for each unit", () => {
    expect(panelsOf(model).map(({ unit, columns }) => [unit, columns.map(({ index }) => index)])).toEqual([
      ["count", [0, 1]],
      ["score", [3]],
    ]);
    expect(series().map((one) => (one !== undefined && "yAxisIndex" in one ? one.yAxisIndex : null))).toEqual([
      0, 0, 1,
    ]);
  });
});

it("a status looks the same whichever chart it is in", () => {
  const bars: ChartModel = {
    ...model,
    kind: "bars",
    columns: [column("Calls", { tint: "first", mark: "bar" })],
    rows: [{ name: "Missed", tint: "missed", values: [3] }],
  };
  const [stack] = [optionOf(model, { scheme: "dark", width: 800 }).series].flat().slice(1);
  const [bar] = [optionOf(bars, { scheme: "dark", width: 800 }).series].flat();
  const [datum] = (bar?.data ?? []) as { itemStyle: unknown }[];
  expect(datum?.itemStyle).toEqual(stack?.itemStyle);
});

it("every cell of a heat map is drawn at its row and column", () => {
  const heat: ChartModel = {
    ...model,
    kind: "heat",
    columns: [column("00:00"), column("01:00")],
    rows: [
      { name: "Monday", values: [1, 2] },
      { name: "Tuesday", values: [3, null] },
    ],
  };
  const [series] = [optionOf(heat, { scheme: "light", width: 800 }).series].flat();
  expect(series?.data).toEqual([
    [0, 0, 1],
    [1, 0, 2],
    [0, 1, 3],
    [1, 1, 0],
  ]);
});
