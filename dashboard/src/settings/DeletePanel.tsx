import { Button, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "react-router";
import { accountPath, api } from "../api/client";
import { meQuery, useMembership } from "../api/session";
import { ConfirmDialog } from "../shell/ConfirmDialog";
import { Panel } from "../shell/Panel";

export function DeletePanel({ name }: { readonly name: string }) {
  const { accountId } = useMembership();
  const [asking, dialog] = useDisclosure(false);
  const queries = useQueryClient();
  const navigate = useNavigate();
  return (
    <Panel title="Delete the account" lead="Its users can no longer call each other from that moment on.">
      <Button color="red" variant="outline" onClick={dialog.open}>
        Delete the account
      </Button>
      <ConfirmDialog
        opened={asking}
        onClose={dialog.close}
        title={`Delete ${name}`}
        action="Delete the account"
        typed={name}
        onConfirm={async () => {
          await api("DELETE", accountPath(accountId));
          await queries.refetchQueries(meQuery);
          await navigate("/", { replace: true });
        }}
      >
        <Text size="sm">
          Its keys, users, calls, statistics and members’ access are deleted for good. Nobody can bring them back.
        </Text>
      </ConfirmDialog>
    </Panel>
  );
}
