import { Button, Table } from "@mantine/core";
import { IconMail } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { accountPath, api } from "../api/client";
import { useMembership } from "../api/session";
import type { Invitation } from "../generated/api";
import { ConfirmDialog } from "../shell/ConfirmDialog";
import { EmptyState } from "../shell/EmptyState";
import { ErrorState } from "../shell/ErrorState";
import { Loading } from "../shell/Loading";
import { Panel } from "../shell/Panel";
import { Rows } from "../shell/Rows";
import { TimeText } from "../shell/TimeText";
import { invitationsQuery } from "./queries";
import { ROLES } from "./roles";

export function InvitationsPanel() {
  const { accountId } = useMembership();
  const queries = useQueryClient();
  const invitations = useQuery(invitationsQuery(accountId));
  const [withdrawing, setWithdrawing] = useState<Invitation | null>(null);
  return (
    <Panel title="Invitations" lead="Links that nobody has followed yet.">
      {invitations.isPending ? (
        <Loading what="The invitations" lines={2} />
      ) : invitations.isError ? (
        <ErrorState error={invitations.error} what="The invitations" retry={() => void invitations.refetch()} />
      ) : invitations.data.length === 0 ? (
        <EmptyState icon={<IconMail />} title="No invitation is open">
          Invite a colleague: you get a link that you send to them.
        </EmptyState>
      ) : (
        <Rows label="Invitations" columns={["For", "Role", "Invited by", "Valid until", ""]}>
          {invitations.data.map((invitation) => (
            <Table.Tr key={invitation.invitationId}>
              <Table.Td>{invitation.email ?? "Whoever has the link"}</Table.Td>
              <Table.Td>{ROLES[invitation.role].label}</Table.Td>
              <Table.Td>{invitation.invitedBy}</Table.Td>
              <Table.Td>
                <TimeText at={invitation.expiresAt} />
              </Table.Td>
              <Table.Td ta="right">
                <Button
                  size="compact-sm"
                  variant="subtle"
                  color="red"
                  aria-label={`Withdraw the invitation for ${invitation.email ?? "whoever has the link"}`}
                  onClick={() => setWithdrawing(invitation)}
                >
                  Withdraw
                </Button>
              </Table.Td>
            </Table.Tr>
          ))}
        </Rows>
      )}
      <ConfirmDialog
        opened={withdrawing !== null}
        onClose={() => setWithdrawing(null)}
        title="Withdraw the invitation"
        action="Withdraw it"
        onConfirm={async () => {
          if (withdrawing !== null) {
            await api("DELETE", accountPath(accountId, "invitations", withdrawing.invitationId));
          }
          await queries.invalidateQueries(invitationsQuery(accountId));
        }}
      >
        The link no longer works. Who has followed it already stays a member.
      </ConfirmDialog>
    </Panel>
  );
}
