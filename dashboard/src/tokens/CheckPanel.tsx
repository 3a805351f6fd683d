import { Alert, Code, Stack, Text, Textarea, ThemeIcon } from "@mantine/core";
import { IconCheck, IconX } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { accountPath, api } from "../api/client";
import { sentenceOf } from "../api/errors";
import { useMembership } from "../api/session";
import type { TokenQuestion, TokenVerdict } from "../generated/api";
import { FormMessage } from "../shell/FormMessage";
import { Panel } from "../shell/Panel";
import { Tiles } from "../shell/Tiles";
import classes from "./CheckPanel.module.css";
import { pasted } from "./rules";
import { ActionButton } from "../shell/ActionButton";

export function CheckPanel() {
  const { accountId } = useMembership();
  const [token, setToken] = useState("");
  const check = useMutation({
    mutationFn: (body: TokenQuestion) => api<TokenVerdict>("POST", accountPath(accountId, "tokens", "check"), { body }),
  });
  return (
    <Panel title="Try a token" lead="Paste one to read why it is accepted or refused. It is neither kept nor logged.">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          check.mutate({ token: pasted(token) });
        }}
      >
        <Stack align="flex-start">
          <Textarea
            label="User token"
            placeholder="eyJhbGciOi…"
            autosize
            minRows={3}
            maxRows={8}
            w="100%"
            spellCheck={false}
            autoComplete="off"
            classNames={{ input: classes.token ?? "" }}
            value={token}
            onChange={(event) => setToken(event.currentTarget.value)}
          />
          <FormMessage>{check.error === null ? null : sentenceOf(check.error)}</FormMessage>
          <ActionButton type="submit" loading={check.isPending} disabled={pasted(token) === ""}>
            Try it
          </ActionButton>
        </Stack>
      </form>
      <div aria-live="polite">{check.isSuccess && <Verdict verdict={check.data} />}</div>
    </Panel>
  );
}

function Verdict({ verdict }: { readonly verdict: TokenVerdict }) {
  const { accepted, checks, header, claims } = verdict;
  return (
    <Stack mt="lg">
      <Alert
        color={accepted ? "green" : "red"}
        variant="light"
        icon={accepted ? <IconCheck /> : <IconX />}
        title={accepted ? "A device could sign in with it now" : "It would be refused"}
      />
      <ul className={classes.checks}>
        {checks.map(({ what, passed, sentence }) => (
          <li key={what} className={classes.check}>
            <ThemeIcon size={24} radius="xl" variant="light" color={passed ? "green" : "red"} aria-hidden>
              {passed ? <IconCheck size={16} /> : <IconX size={16} />}
            </ThemeIcon>
            <div>
              <Text size="sm" fw={600}>
                {what}: {passed ? "good" : "not good"}
              </Text>
              <Text size="sm">{sentence}</Text>
            </div>
          </li>
        ))}
      </ul>
      <Tiles>
        {header !== null && <Part title="Header" json={header} />}
        {claims !== null && <Part title="Claims" json={claims} />}
      </Tiles>
    </Stack>
  );
}

function Part({ title, json }: { readonly title: string; readonly json: string }) {
  return (
    <div className={classes.part}>
      <Text size="sm" fw={600} mb={4}>
        {title}
      </Text>
      <Code block className={classes.json ?? ""}>
        {json}
      </Code>
    </div>
  );
}
