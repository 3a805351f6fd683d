import { Stack } from "@mantine/core";
import { NewAccountForm } from "../shell/NewAccountDialog";
import { PageHeader } from "../shell/PageHeader";
import { Panel } from "../shell/Panel";

/** For a member who is in no account: a first one, or the last was deleted or left. */
export function WelcomePage() {
  return (
    <>
      <PageHeader
        title="You are in no account"
        lead="Make one, or ask an admin of an existing one for an invitation link."
      />
      <Stack maw={640}>
        <Panel title="New account">
          <NewAccountForm />
        </Panel>
      </Stack>
    </>
  );
}
