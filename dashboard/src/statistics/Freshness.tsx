import { Group, Text } from "@mantine/core";
import { useNow } from "../calls/now";
import type { StreamState } from "../calls/stream";
import { roughly } from "../shell/time";
import classes from "./Freshness.module.css";

export interface FreshnessProps {
  readonly state: StreamState;
  /** How many calls run; none while that is not known. */
  readonly running: number | null;
  /** When the figures came; 0 before they did. */
  readonly updatedAt: number;
}

/** That the page keeps up by itself, and how. */
export function Freshness({ state, running, updatedAt }: FreshnessProps) {
  const now = useNow(10_000);
  return (
    <Group gap="xs" className={classes.line ?? ""}>
      <span className={classes.dot} data-state={state} aria-hidden />
      <Text size="sm" component="span">
        {running === null ? WORDS[state] : `${WORDS[state]} · ${running} ${running === 1 ? "call" : "calls"} running`}
      </Text>
      {updatedAt > 0 && (
        <Text size="sm" c="dimmed" component="span">
          updated {roughly(updatedAt, Math.max(now, updatedAt))}
        </Text>
      )}
    </Group>
  );
}

const WORDS: Readonly<Record<StreamState, string>> = {
  opening: "Connecting",
  live: "Live",
  polling: "Renewed every 15 seconds",
};
