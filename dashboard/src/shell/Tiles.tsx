import type { ReactNode } from "react";
import classes from "./Tiles.module.css";

export interface TilesProps {
  /** How narrow a tile may become before there are fewer in a row. */
  readonly least?: "narrow" | "medium" | "wide";
  readonly children: ReactNode;
}

/** As many equal columns as there is room for. Takes the place of Mantine's SimpleGrid, which needs <style> elements. */
export function Tiles({ least = "medium", children }: TilesProps) {
  return (
    <div className={classes.tiles} data-least={least}>
      {children}
    </div>
  );
}
