import { Text } from "@mantine/core";
import { IconArrowDownRight, IconArrowUpRight, IconMinus } from "@tabler/icons-react";
import type { Statistics } from "../generated/api";
import classes from "./FigureTiles.module.css";
import { type Change, type Tile, tilesOf } from "./tiles";

export function FigureTiles({ statistics }: { readonly statistics: Statistics }) {
  return (
    <section aria-label="Key figures" className={classes.tiles}>
      {tilesOf(statistics).map((tile) => (
        <FigureTile key={tile.title} {...tile} />
      ))}
    </section>
  );
}

function FigureTile({ title, figure, hint, change }: Tile) {
  return (
    <div className={classes.tile}>
      <Text size="sm" c="dimmed" component="h2" fw={500}>
        {title}
      </Text>
      <Text className={classes.figure ?? ""}>{figure}</Text>
      <Text size="xs" c="dimmed">
        {hint}
      </Text>
      {change === null ? (
        <Text size="xs" c="dimmed" mt={4}>
          Nothing to compare
        </Text>
      ) : (
        <ChangeLine change={change} />
      )}
    </div>
  );
}

const ARROWS = { up: IconArrowUpRight, down: IconArrowDownRight, same: IconMinus } as const;

function ChangeLine({ change: { text, direction, mood } }: { readonly change: Change }) {
  const Arrow = ARROWS[direction];
  return (
    <Text size="xs" className={classes.change ?? ""} data-mood={mood}>
      <Arrow size={14} aria-hidden />
      {direction === "same" ? text : `${text} vs. before`}
    </Text>
  );
}
