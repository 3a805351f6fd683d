import { describe, expect, it } from "vitest";
import { csvCell, csvOf } from "./csv";
import { fileName } from "./file-name";
import { type ChartModel, hasFigures } from "./model";
import { cellText, exportedCell, exportedTitle, sheetOf } from "./sheet";
import { xlsxRows } from "./xlsx";

const model: ChartModel = {
  id: "mixed",
  title: "Mixed",
  explanation: "Every unit once.",
  kind: "time",
  rowTitle: "Day",
  detailTitle: "Remark",
  columns: [
    { title: "Calls", unit: "count", mark: "stack", tint: "over" },
    { title: "Answer rate", unit: "share", mark: "line", tint: "first" },
    { title: "Talk time", unit: "duration", mark: "told", tint: "first" },
    { title: "RTT", unit: "latency", mark: "line", tint: "third" },
    { title: "MOS", unit: "score", mark: "line", tint: "second" },
  ],
  rows: [
    { name: "2026-11-01", detail: 'said "no", left', values: [1200, 0.12345, 61_234, 45.678, 4.128] },
    { name: "=HYPERLINK(1)", values: [0, null, 0, null, null] },
  ],
};

/** Takes a CSV apart again by RFC 4180, independently of how it was written. */
function parsed(csv: string): string[][] {
  const cells = /("(?:[^"]|"")*"|[^,\r\n]*)(,|\r\n)/g;
  const lines: string[][] = [[]];
  for (const [, cell = "", end] of csv.matchAll(cells)) {
    lines.at(-1)?.push(cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell);
    if (end === "\r\n") lines.push([]);
  }
  return lines.slice(0, -1);
}

describe("the table, the CSV and the XLSX of a chart", () => {
  const sheet = sheetOf(model);
  const csv = parsed(csvOf(model).slice(1));
  const xlsx = xlsxRows(model).map((row) =>
    row.map((cell) => (cell !== null && typeof cell === "object" && "value" in cell ? cell.value : cell)),
  );

  it("have the same headings and as many rows", () => {
    expect(csv[0]).toEqual(["Day", "Calls", "Answer rate (%)", "Talk time (s)", "RTT (ms)", "MOS", "Remark"]);
    expect(xlsx[0]).toEqual(csv[0]);
    expect(sheet.heads.map(exportedTitle)).toEqual(csv[0]);
    expect([csv.length, xlsx.length]).toEqual([1 + sheet.rows.length, 1 + sheet.rows.length]);
  });

  it("hold the same figures", () => {
    expect(csv[1]).toEqual(["2026-11-01", "1200", "12.35", "61.234", "45.7", "4.13", 'said "no", left']);
    expect(xlsx[1]).toEqual(["2026-11-01", 1200, 12.35, 61.234, 45.7, 4.13, 'said "no", left']);
    expect(sheet.heads.map((head, index) => cellText(head, sheet.rows[0]?.[index] ?? null))).toEqual([
      "2026-11-01",
      "1,200",
      "12.3%",
      "1 min 1 s",
      "46 ms",
      "4.13",
      'said "no", left',
    ]);
  });

  it("leave empty what could not be measured, and say nought where there was nought", () => {
    expect(csv[2]?.slice(1)).toEqual(["0", "", "0", "", "", ""]);
    expect(xlsx[2]?.slice(1)).toEqual([0, null, 0, null, null, null]);
    expect(
      sheet.rows[1]
        ?.slice(1)
        .map((cell, index) => exportedCell(sheet.heads[index + 1] ?? { title: "", unit: "text" }, cell)),
    ).toEqual([0, null, 0, null, null, null]);
  });

  it("keep figures numbers and texts texts in a workbook", () => {
    const types = xlsxRows(model)[1]?.map((cell) =>
      cell !== null && typeof cell === "object" && "type" in cell ? cell.type : null,
    );
    expect(types).toEqual([String, Number, Number, Number, Number, Number, String]);
  });
});

describe("a cell of a CSV", () => {
  it.each([
    ["plain", "plain"],
    ["a,b", '"a,b"'],
    ['say "hi"', '"say ""hi"""'],
    ["two\nlines", '"two\nlines"'],
    ["two\rlines", '"two\rlines"'],
    ["", ""],
  ])("%j is written %j", (text, cell) => expect(csvCell(text)).toBe(cell));

  it.each([
    ["=1+1", "'=1+1"],
    ["+49", "'+49"],
    ["-cmd", "'-cmd"],
    ["@SUM(A1)", "'@SUM(A1)"],
    ["\t=1", "'\t=1"],
    ["\r=1", `"'\r=1"`],
    ['=A1,"x"', `"'=A1,""x"""`],
  ])("that a spreadsheet would run is disarmed: %j", (text, cell) => expect(csvCell(text)).toBe(cell));

  it("that is a number stays one, below nought too", () => expect([-1.5, 0].map(csvCell)).toEqual(["-1.5", "0"]));
});

it("a CSV begins with the mark by which spreadsheets know UTF-8", () => {
  expect(csvOf(model).charCodeAt(0)).toBe(0xfeff);
});

it("a file's name carries chart, account and range, safe for every system", () => {
  expect(fileName("call-status", { account: "acme", range: "2026-11-01 to 2026-11-07" }, "xlsx")).toBe(
    "call-status_acme_2026-11-01-to-2026-11-07.xlsx",
  );
  expect(fileName("quality", { account: "a/../b", range: "call 12:00?" }, "csv")).toBe("quality_a-b_call-12-00.csv");
});

it("a chart of noughts and gaps has no figures, one with a share of nought has", () => {
  expect(hasFigures({ ...model, rows: [{ name: "a", values: [0, null, null, null, null] }] })).toBe(false);
  expect(hasFigures({ ...model, rows: [{ name: "a", values: [0, 0, null, null, null] }] })).toBe(true);
});
