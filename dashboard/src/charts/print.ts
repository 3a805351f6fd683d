/** Prints one chart: its picture and its table on a sheet of their own, and nothing else of the page. */
import type { Source } from "./file-name";
import { type ChartModel, hasFigures } from "./model";
import { pictureOf, svgAddress } from "./picture";
import "./print.css";
import { cellText, sheetOf } from "./sheet";

/** Opens the browser's print dialog; the page is as before when it closes. */
export async function printChart(model: ChartModel, source: Source): Promise<void> {
  const sheet = make("section", { className: "print-sheet" });
  if (hasFigures(model)) {
    // The picture says its title, account and range itself.
    const picture = make("img", { src: svgAddress((await pictureOf(model, source)).svg), alt: "" });
    await picture.decode();
    sheet.append(picture);
  } else {
    sheet.append(
      make("h1", { textContent: model.title }),
      make("p", { textContent: `${source.account} · ${source.range}` }),
    );
  }
  sheet.append(make("p", { textContent: model.explanation }));
  sheet.append(tableOf(model));

  const before = document.title;
  document.body.append(sheet);
  document.body.classList.add("prints-sheet");
  // What the dialog suggests as the name of a PDF.
  document.title = `${model.title} · ${source.range}`;
  window.addEventListener(
    "afterprint",
    () => {
      sheet.remove();
      document.body.classList.remove("prints-sheet");
      document.title = before;
    },
    { once: true },
  );
  window.print();
}

function tableOf(model: ChartModel): HTMLTableElement {
  const { heads, rows } = sheetOf(model);
  const table = make("table", {});
  const head = table.createTHead().insertRow();
  head.append(...heads.map(({ title }) => make("th", { textContent: title, scope: "col" })));
  const body = table.createTBody();
  for (const row of rows) {
    body
      .insertRow()
      .append(...heads.map((column, index) => make("td", { textContent: cellText(column, row[index] ?? null) })));
  }
  return table;
}

function make<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  properties: Partial<HTMLElementTagNameMap[Name]>,
): HTMLElementTagNameMap[Name] {
  return Object.assign(document.createElement(name), properties);
}
