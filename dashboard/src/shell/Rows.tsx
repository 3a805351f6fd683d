import { Table, VisuallyHidden } from "@mantine/core";
import type { ReactNode } from "react";
import classes from "./Rows.module.css";

export interface RowsProps {
  /** What the rows are, for who cannot see the table's surroundings. */
  readonly label: string;
  /** Heads of the columns; an empty one is the column of buttons. */
  readonly columns: readonly string[];
  readonly children: ReactNode;
}

/** A table that scrolls sideways where it has to, rather than the page. */
export function Rows({ label, columns, children }: RowsProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by the keyboard
    <section className={classes.scroll} aria-label={`${label} in a table`} tabIndex={0}>
      <Table verticalSpacing="sm" aria-label={label}>
        <Table.Thead>
          <Table.Tr>
            {columns.map((column) => (
              <Table.Th key={column} scope="col">
                {column === "" ? <VisuallyHidden>Actions</VisuallyHidden> : column}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>{children}</Table.Tbody>
      </Table>
    </section>
  );
}
