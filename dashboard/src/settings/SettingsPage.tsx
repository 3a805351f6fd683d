import { Stack } from "@mantine/core";
import { useAccount, useMay } from "../api/session";
import { ErrorState } from "../shell/ErrorState";
import { Loading } from "../shell/Loading";
import { PageHeader } from "../shell/PageHeader";
import { Panel } from "../shell/Panel";
import { CallsPanel } from "./CallsPanel";
import { DeletePanel } from "./DeletePanel";
import { NamePanel } from "./NamePanel";
import { OriginsPanel } from "./OriginsPanel";
import { RetentionPanel } from "./RetentionPanel";
import { TurnPanel } from "./TurnPanel";

export function SettingsPage() {
  const account = useAccount();
  const mayChange = useMay("admin");
  const mayDelete = useMay("owner");
  return (
    <>
      <PageHeader
        title="Settings"
        lead={mayChange ? "What you save holds for the next call." : "You see the settings; an admin changes them."}
      />
      <Stack maw={760}>
        {account.isPending ? (
          <Panel>
            <Loading what="The settings" />
          </Panel>
        ) : account.isError ? (
          <ErrorState error={account.error} what="The settings" retry={() => void account.refetch()} />
        ) : (
          <>
            <NamePanel name={account.data.name} mayChange={mayChange} />
            <CallsPanel calls={account.data.settings.calls} mayChange={mayChange} />
            <OriginsPanel access={account.data.settings.access} mayChange={mayChange} />
            <TurnPanel mayChange={mayChange} />
            <RetentionPanel days={account.data.settings.retentionDays} mayChange={mayChange} />
            {mayDelete && <DeletePanel name={account.data.name} />}
          </>
        )}
      </Stack>
    </>
  );
}
