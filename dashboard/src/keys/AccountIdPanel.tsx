import { Code, Group } from "@mantine/core";
import { useMembership } from "../api/session";
import { CopyButton } from "../shell/CopyButton";
import { Panel } from "../shell/Panel";

export function AccountIdPanel() {
  const { accountId } = useMembership();
  return (
    <Panel title="Account id" lead="Names your account in every app and in the REST API. It is public.">
      <Group gap="xs">
        <Code fz="md">{accountId}</Code>
        <CopyButton text={accountId} what="the account id" />
      </Group>
    </Panel>
  );
}
