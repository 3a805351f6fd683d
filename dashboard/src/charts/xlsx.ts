/** A chart's rows as a workbook for Excel and its like. */
import type { SheetData } from "write-excel-file/browser";
import type { ChartModel } from "./model";
import { exportedCell, exportedTitle, sheetOf } from "./sheet";
import { UNITS } from "./unit";

export async function xlsxOf(model: ChartModel): Promise<Blob> {
  const { default: write } = await import("write-excel-file/browser");
  const rows = xlsxRows(model);
  return write(rows, {
    sheet: sheetName(model.title),
    columns: sheetOf(model).heads.map(({ title }, index) => ({
      width: index === 0 ? 28 : Math.max(12, title.length + 4),
    })),
    stickyRowsCount: 1,
  }).toBlob();
}

/** Figures stay numbers, and texts stay texts, so that none is ever taken for a formula. */
export function xlsxRows(model: ChartModel): SheetData {
  const { heads, rows } = sheetOf(model);
  return [
    heads.map((head) => ({ value: exportedTitle(head), type: String, fontWeight: "bold" as const })),
    ...rows.map((row) =>
      heads.map((head, index) => {
        const cell = exportedCell(head, row[index] ?? null);
        if (cell === null) return null;
        if (typeof cell === "string" || head.unit === "text") return { value: String(cell), type: String };
        return { value: cell, type: Number, format: UNITS[head.unit].format };
      }),
    ),
  ];
}

/** A sheet's name has at most 31 characters and none of `[]:*?/\`. */
function sheetName(title: string): string {
  return title.replaceAll(/[[\]:*?/\\]/g, " ").slice(0, 31);
}
