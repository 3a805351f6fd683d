import { Alert, Group, Stack, Tabs } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { accountPath, api } from "../api/client";
import { messageBeside } from "../api/errors";
import { accountQuery, useMay, useMembership } from "../api/session";
import type { Account, Branding } from "../generated/api";
import { ErrorState } from "../shell/ErrorState";
import { FormMessage } from "../shell/FormMessage";
import { Loading } from "../shell/Loading";
import { PageHeader } from "../shell/PageHeader";
import { Panel } from "../shell/Panel";
import classes from "./BrandingPage.module.css";
import { ContentForm } from "./ContentForm";
import { isSame, withoutHalfTyped } from "./draft";
import { Previews } from "./Previews";
import { StyleForm } from "./StyleForm";
import { useUnsavedGuard } from "./unsaved";
import { ActionButton } from "../shell/ActionButton";

/** How the call screens look: edited beside a preview that follows each keystroke. */
export function BrandingPage() {
  const { accountId } = useMembership();
  const account = useQuery(accountQuery(accountId));
  return (
    <>
      <PageHeader
        title="Branding"
        lead="How the call screens look in your apps. What you save reaches people who are signed in at once."
      />
      {account.isPending && (
        <Panel>
          <Loading what="The branding" />
        </Panel>
      )}
      {account.isError && <ErrorState what="The branding" error={account.error} retry={() => void account.refetch()} />}
      {/* Another account begins with its own draft. */}
      {account.data && <Editor key={accountId} saved={account.data.branding} />}
    </>
  );
}

function Editor({ saved }: { saved: Branding }) {
  const { accountId } = useMembership();
  const mayChange = useMay("admin");
  const queries = useQueryClient();
  const [draft, setDraft] = useState(saved);
  const dirty = !isSame(draft, saved);
  const drawn = withoutHalfTyped(draft, saved);
  const complete = isSame(draft, drawn);
  useUnsavedGuard(dirty);

  const save = useMutation({
    mutationFn: (branding: Branding) => api<Branding>("PUT", accountPath(accountId, "branding"), { body: branding }),
    onSuccess: (branding) => {
      queries.setQueryData<Account>(accountQuery(accountId).queryKey, (account) => account && { ...account, branding });
      setDraft(branding);
      notifications.show({ message: "Saved. Devices that are signed in show it now.", color: "green" });
    },
  });
  const change = (part: Partial<Branding>) => setDraft((before) => ({ ...before, ...part }));

  return (
    <div className={classes.columns}>
      <Panel>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            save.mutate(draft);
          }}
        >
          <Stack gap="lg">
            {!mayChange && (
              <Alert variant="light">You may look. Ask an owner or admin of this account to change something.</Alert>
            )}
            <Tabs defaultValue="content" keepMounted>
              <Tabs.List grow mb="md">
                <Tabs.Tab value="content">Content</Tabs.Tab>
                <Tabs.Tab value="style">Style</Tabs.Tab>
              </Tabs.List>
              <Tabs.Panel value="content">
                <ContentForm accountId={accountId} branding={draft} disabled={!mayChange} change={change} />
              </Tabs.Panel>
              <Tabs.Panel value="style">
                <StyleForm branding={draft} disabled={!mayChange} change={change} />
              </Tabs.Panel>
            </Tabs>
            <FormMessage>{messageBeside(save.error, {})}</FormMessage>
            {mayChange && (
              <Group>
                <ActionButton type="submit" loading={save.isPending} disabled={!dirty || !complete}>
                  Save
                </ActionButton>
                <ActionButton
                  variant="default"
                  disabled={!dirty || save.isPending}
                  onClick={() => {
                    setDraft(saved);
                    save.reset();
                  }}
                >
                  Discard
                </ActionButton>
              </Group>
            )}
          </Stack>
        </form>
      </Panel>
      <Previews branding={drawn} />
    </div>
  );
}
