/** A chart on a page of A4, as lines and letters rather than as dots. */
import type { Picture } from "./picture";

/** In millimetres. */
const MARGIN = 12;

export async function pdfOf({ svg, width, height }: Picture, title: string): Promise<Blob> {
  const [{ jsPDF }, { svg2pdf }] = await Promise.all([import("jspdf"), import("svg2pdf.js")]);
  const orientation = width >= height ? "landscape" : "portrait";
  const pdf = new jsPDF({ orientation, unit: "mm", format: "a4", compress: true });
  pdf.setProperties({ title });
  const page = pdf.internal.pageSize;
  const scale = Math.min((page.getWidth() - 2 * MARGIN) / width, (page.getHeight() - 2 * MARGIN) / height);
  const element = new DOMParser().parseFromString(svg, "image/svg+xml").documentElement;
  await svg2pdf(element, pdf, {
    x: MARGIN,
    y: MARGIN,
    width: width * scale,
    height: height * scale,
    loadImages: false,
  });
  return pdf.output("blob");
}
