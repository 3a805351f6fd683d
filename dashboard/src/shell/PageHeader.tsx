import { Group, Text, Title } from "@mantine/core";
import { type ReactNode, useEffect } from "react";
import classes from "./PageHeader.module.css";

export interface PageHeaderProps {
  readonly title: string;
  /** One sentence on what the page is for. */
  readonly lead?: ReactNode;
  /** Buttons at the right; below the title on a phone. */
  readonly children?: ReactNode;
}

/** The head of every page. Its title is the document's too. */
export function PageHeader({ title, lead, children }: PageHeaderProps) {
  useDocumentTitle(title);
  return (
    <header className={classes.header}>
      <div className={classes.words}>
        <Title order={1}>{title}</Title>
        {lead !== undefined && (
          <Text c="dimmed" mt={4} maw="44rem">
            {lead}
          </Text>
        )}
      </div>
      {children !== undefined && <Group gap="sm">{children}</Group>}
    </header>
  );
}

export function useDocumentTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · Tring`;
  }, [title]);
}
