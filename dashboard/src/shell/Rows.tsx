import { Table, VisuallyHidden } from "@mantine/core";
import type { CSSProperties, ReactNode } from "react";
import classes from "./Rows.module.css";

export interface RowsProps {
  /** What the rows are, for who cannot see the table's surroundings. */
  readonly label: string;
  /** Heads of the columns; an empty one is the column of buttons. */
  readonly columns: readonly string[];
  readonly children: ReactNode;
}

/** A table; on a phone each row is a block, in which every value stands below its column's head. */
export function Rows({ label, columns, children }: RowsProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by the keyboard
    <section className={classes.scroll} aria-label={`${label} in a table`} tabIndex={0} style={heads(columns)}>
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

/** The heads for the style sheet, which repeats them beside the values. */
function heads(columns: readonly string[]): CSSProperties {
  return Object.fromEntries(columns.map((column, i) => [`--head-${i + 1}`, JSON.stringify(column)]));
}
