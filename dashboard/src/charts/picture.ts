/** A chart as a picture that leaves the page: always light, with its title, whatever the page looks like. */
import type { Source } from "./file-name";
import type { ChartModel } from "./model";
import { type Look, optionOf } from "./option";
import { heightOf } from "./room";

export interface Picture {
  /** A whole SVG document. */
  readonly svg: string;
  readonly width: number;
  readonly height: number;
}

/** Wide enough for a month of days and half a page of A4. */
const WIDTH = 960;

export async function pictureOf(model: ChartModel, source: Source): Promise<Picture> {
  const { init } = await import("./echarts");
  const look: Look = {
    scheme: "light",
    width: WIDTH,
    heading: { title: model.title, subtitle: `${source.account} · ${source.range}` },
  };
  const height = heightOf(model, look);
  const chart = init(null, null, { renderer: "svg", ssr: true, width: WIDTH, height });
  try {
    chart.setOption(optionOf(model, look));
    return { svg: still(chart.renderToSVGString()), width: WIDTH, height };
  } finally {
    chart.dispose();
  }
}

/**
 * ECharts writes rules for a pointer that hovers. A picture answers none, and whoever makes a document of it would
 * need the permission for inline styles, which the page's policy refuses.
 */
function still(svg: string): string {
  return svg.replaceAll(/<style\b[\s\S]*?<\/style>/g, "");
}

/** Twice the size, so that it stays sharp on a good screen and in a document. */
const PNG_SCALE = 2;

export async function pngOf({ svg, width, height }: Picture): Promise<Blob> {
  const image = new Image(width, height);
  image.src = svgAddress(svg);
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = width * PNG_SCALE;
  canvas.height = height * PNG_SCALE;
  canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve, reject) => {
    canvas.toBlob(
      (blob) => (blob === null ? reject(new Error("the canvas gave no picture")) : resolve(blob)),
      "image/png",
    );
  });
}

/** Such as an `img` shows. */
export function svgAddress(svg: string): string {
  return `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
}
