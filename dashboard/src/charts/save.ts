/** Every way in which a chart leaves the page as a file. */
import { csvOf } from "./csv";
import { type FileKind, fileName, type Source } from "./file-name";
import type { ChartModel } from "./model";
import { pictureOf, pngOf } from "./picture";

/** Makes the file and hands it to the browser's downloads. The writers are loaded when they are first asked for. */
export async function saveChart(model: ChartModel, source: Source, kind: FileKind): Promise<void> {
  offer(await WRITERS[kind](model, source), fileName(model.id, source, kind));
}

const WRITERS: Readonly<Record<FileKind, (model: ChartModel, source: Source) => Promise<Blob>>> = {
  svg: async (model, source) => new Blob([(await pictureOf(model, source)).svg], { type: "image/svg+xml" }),
  png: async (model, source) => pngOf(await pictureOf(model, source)),
  pdf: async (model, source) => (await import("./pdf")).pdfOf(await pictureOf(model, source), model.title),
  csv: async (model) => new Blob([csvOf(model)], { type: "text/csv;charset=utf-8" }),
  xlsx: async (model) => (await import("./xlsx")).xlsxOf(model),
};

/** How long a browser may take to begin a download before its address is taken back. */
const GRACE = 60_000;

function offer(blob: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), GRACE);
}
