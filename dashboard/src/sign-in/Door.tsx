import { Text, Title } from "@mantine/core";
import type { ReactNode } from "react";
import { Brand } from "../shell/Brand";
import { ColourScheme } from "../shell/ColourScheme";
import { useDocumentTitle } from "../shell/PageHeader";
import classes from "./Door.module.css";

export interface DoorProps {
  readonly title: string;
  readonly lead?: ReactNode;
  /** Below the card: the way to the other pages of this kind. */
  readonly foot?: ReactNode;
  readonly children: ReactNode;
}

/** A page for somebody who is not signed in: one card in the middle. */
export function Door({ title, lead, foot, children }: DoorProps) {
  useDocumentTitle(title);
  return (
    <div className={classes.door}>
      <header className={classes.bar}>
        <Brand />
        <ColourScheme />
      </header>
      <main tabIndex={-1} className={classes.main}>
        <div className={classes.card}>
          <Title order={1}>{title}</Title>
          {lead !== undefined && (
            <Text c="dimmed" mt={4} component="div">
              {lead}
            </Text>
          )}
          <div className={classes.body}>{children}</div>
        </div>
        {foot !== undefined && (
          <Text ta="center" c="dimmed" component="div">
            {foot}
          </Text>
        )}
      </main>
    </div>
  );
}
