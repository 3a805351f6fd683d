/** CSV as RFC 4180 has it, safe to open in a spreadsheet. */
import type { ChartModel } from "./model";
import { type Cell, exportedCell, exportedTitle, sheetOf } from "./sheet";

/** Tells spreadsheets that the file is UTF-8; without it Excel takes it for the machine's own code page. */
const BYTE_ORDER_MARK = "\uFEFF";

export function csvOf(model: ChartModel): string {
  const { heads, rows } = sheetOf(model);
  const lines = [
    heads.map(exportedTitle),
    ...rows.map((row) => heads.map((head, index) => exportedCell(head, row[index] ?? null))),
  ];
  return BYTE_ORDER_MARK + lines.map((line) => `${line.map(csvCell).join(",")}\r\n`).join("");
}

/**
 * One cell. Text that a spreadsheet would run as a formula gets an apostrophe before it; numbers are written as they
 * are, because a minus sign before a number is no formula.
 */
export function csvCell(cell: Cell): string {
  if (cell === null) return "";
  if (typeof cell === "number") return String(cell);
  const harmless = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
