import { Badge, Code, Group, Text } from "@mantine/core";
import { CopyButton } from "../shell/CopyButton";
import { Panel } from "../shell/Panel";
import classes from "./SnippetView.module.css";
import type { Snippet } from "./snippets";
import { substitute, type Values } from "./substitute";
import { textOf } from "./texts";

/** What each variable is, for who reads the snippet's head. */
const VARIABLES = {
  TRING_SECRET_KEY: "a secret key of this account",
  TRING_TOKEN_SECRET: "the token secret of this account",
} as const;

export function SnippetView({ snippet, values }: { readonly snippet: Snippet; readonly values: Values }) {
  const text = substitute(textOf(snippet.file), values);
  return (
    <Panel
      title={snippet.title}
      lead={snippet.lead}
      action={
        <Group gap="sm">
          <Badge variant="light">{snippet.language}</Badge>
          <CopyButton text={text} what={`the snippet ${snippet.title}`} labelled />
        </Group>
      }
    >
      {snippet.environment?.map((name) => (
        <Text key={name} size="sm" mb="sm">
          Set <Code>{name}</Code> to {VARIABLES[name]}.
        </Text>
      ))}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by the keyboard */}
      <section className={classes.code} tabIndex={0} aria-label={`${snippet.title}, ${snippet.language}`}>
        <pre>
          <code>{text}</code>
        </pre>
      </section>
    </Panel>
  );
}
