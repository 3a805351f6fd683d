import { Skeleton, Stack, VisuallyHidden } from "@mantine/core";

/** Stands where rows or paragraphs will be. */
export function Loading({ what, lines = 4 }: { readonly what: string; readonly lines?: number }) {
  return (
    <Stack gap="sm" aria-busy="true">
      <VisuallyHidden role="status">{`${what} is loading`}</VisuallyHidden>
      {Array.from({ length: lines }, (_, line) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: they are all the same and never move
        <Skeleton key={line} height={20} width={line === lines - 1 ? "60%" : "100%"} />
      ))}
    </Stack>
  );
}
