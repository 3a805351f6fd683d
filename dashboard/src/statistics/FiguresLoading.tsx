import { Skeleton, Stack, VisuallyHidden } from "@mantine/core";
import { Panel } from "../shell/Panel";
import { Tiles } from "../shell/Tiles";

/** Stands where tiles and charts will be, in their sizes. */
export function FiguresLoading() {
  return (
    <Stack aria-busy="true">
      <VisuallyHidden role="status">The statistics are loading</VisuallyHidden>
      <Tiles least="narrow">
        {["a", "b", "c", "d", "e", "f"].map((tile) => (
          <Skeleton key={tile} height={112} radius="lg" />
        ))}
      </Tiles>
      <Tiles least="wide">
        {["a", "b"].map((chart) => (
          <Panel key={chart}>
            <Skeleton height={300} />
          </Panel>
        ))}
      </Tiles>
    </Stack>
  );
}
