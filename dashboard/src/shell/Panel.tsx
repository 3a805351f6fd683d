import { Paper, Stack, Text, Title } from "@mantine/core";
import { type ReactNode, useId } from "react";
import classes from "./Panel.module.css";

export interface PanelProps {
  readonly title?: string;
  readonly lead?: ReactNode;
  /** What stands at the right of the title. */
  readonly action?: ReactNode;
  readonly children?: ReactNode;
}

/** A sheet of paper on the page. One with a title is a region that screen readers list. */
export function Panel({ title, lead, action, children }: PanelProps) {
  const id = useId();
  return (
    <Paper component="section" className={classes.panel} {...(title === undefined ? {} : { "aria-labelledby": id })}>
      {title !== undefined && (
        <div className={classes.head}>
          <Stack gap={2} miw={0}>
            <Title order={2} id={id}>
              {title}
            </Title>
            {lead !== undefined && (
              <Text c="dimmed" size="sm" maw="44rem">
                {lead}
              </Text>
            )}
          </Stack>
          {action}
        </div>
      )}
      {children}
    </Paper>
  );
}
