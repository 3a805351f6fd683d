import { Table } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import type { ReactNode } from "react";
import classes from "./Records.module.css";

export interface Field<Item> {
  /** The head of its column, and its name on a card. */
  readonly title: string;
  readonly of: (item: Item) => ReactNode;
}

export interface RecordsProps<Item> {
  /** What they are, for screen readers. */
  readonly label: string;
  readonly items: readonly Item[];
  readonly keyOf: (item: Item) => string;
  /** The first field leads to the item, and heads its card. */
  readonly fields: readonly Field<Item>[];
}

/** Lines of a table where there is room for one, cards on a phone: only one of the two is in the page. */
export function Records<Item>(props: RecordsProps<Item>) {
  const wide = useMediaQuery("(min-width: 62em)", true, { getInitialValueInEffect: false });
  return wide ? <Lines {...props} /> : <Cards {...props} />;
}

function Lines<Item>({ label, items, keyOf, fields }: RecordsProps<Item>) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by the keyboard
    <section className={classes.scroller} tabIndex={0} aria-label={`${label}, table`}>
      <Table aria-label={label} verticalSpacing="sm" highlightOnHover>
        <Table.Thead>
          <Table.Tr>
            {fields.map(({ title }) => (
              <Table.Th key={title} scope="col">
                {title}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {items.map((item) => (
            <Table.Tr key={keyOf(item)}>
              {fields.map(({ title, of }) => (
                <Table.Td key={title}>{of(item)}</Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </section>
  );
}

function Cards<Item>({ label, items, keyOf, fields: [head, ...rest] }: RecordsProps<Item>) {
  return (
    <ul className={classes.cards} aria-label={label}>
      {items.map((item) => (
        <li key={keyOf(item)} className={classes.card}>
          <div className={classes.head}>{head?.of(item)}</div>
          <dl className={classes.fields}>
            {rest.map(({ title, of }) => (
              <div key={title}>
                <dt>{title}</dt>
                <dd>{of(item)}</dd>
              </div>
            ))}
          </dl>
        </li>
      ))}
    </ul>
  );
}
