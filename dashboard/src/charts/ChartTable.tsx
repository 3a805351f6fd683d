import { Table } from "@mantine/core";
import classes from "./ChartCard.module.css";
import type { ChartModel } from "./model";
import { cellText, sheetOf } from "./sheet";

/** The same figures as the drawing, row by row. */
export function ChartTable({ model }: { readonly model: ChartModel }) {
  const { heads, rows } = sheetOf(model);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by the keyboard
    <section className={classes.scroller} tabIndex={0} aria-label={`${model.title}, table`}>
      <Table striped highlightOnHover className={classes.table ?? ""}>
        <Table.Thead>
          <Table.Tr>
            {heads.map(({ title, unit }) => (
              <Table.Th key={title} scope="col" data-figure={unit !== "text"}>
                {title}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((row) => (
            <Table.Tr key={String(row[0])}>
              {heads.map((head, index) => {
                const text = cellText(head, row[index] ?? null);
                return index === 0 ? (
                  <Table.Th key={head.title} scope="row">
                    {text}
                  </Table.Th>
                ) : (
                  <Table.Td key={head.title} data-figure={head.unit !== "text"}>
                    {text}
                  </Table.Td>
                );
              })}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </section>
  );
}
