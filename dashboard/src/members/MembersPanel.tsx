import { Badge, Button, Group, Select, Table, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useNavigate } from "react-router";
import { accountPath, api } from "../api/client";
import { sentenceOf } from "../api/errors";
import { meQuery, useMe, useMembership } from "../api/session";
import type { Member, MemberChange, MemberRole } from "../generated/api";
import { ConfirmDialog } from "../shell/ConfirmDialog";
import { ErrorState } from "../shell/ErrorState";
import { FormMessage } from "../shell/FormMessage";
import { Loading } from "../shell/Loading";
import { Panel } from "../shell/Panel";
import { Rows } from "../shell/Rows";
import { TimeText } from "../shell/TimeText";
import { givable, mayChangeRole, mayRemove } from "./permissions";
import { membersQuery } from "./queries";
import { ROLES } from "./roles";

export function MembersPanel() {
  const me = useMe();
  const { accountId, role, name } = useMembership();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const members = useQuery(membersQuery(accountId));
  const [removing, setRemoving] = useState<Member | null>(null);
  const change = useChangeRole();
  const mine = removing?.memberId === me.memberId;
  return (
    <Panel title="Members">
      {members.isPending ? (
        <Loading what="The members" />
      ) : members.isError ? (
        <ErrorState error={members.error} what="The members" retry={() => void members.refetch()} />
      ) : (
        <>
          <FormMessage>{change.error === null ? null : sentenceOf(change.error)}</FormMessage>
          <Rows label="Members" columns={["Name", "Role", "Joined", "Last signed in", ""]}>
            {members.data.map((member) => (
              <Table.Tr key={member.memberId}>
                <Table.Td>
                  <Group gap="xs">
                    {member.name}
                    {member.memberId === me.memberId && (
                      <Badge variant="light" color="gray">
                        You
                      </Badge>
                    )}
                  </Group>
                  <Text size="sm" c="dimmed">
                    {member.email}
                  </Text>
                </Table.Td>
                <Table.Td miw={130}>
                  {mayChangeRole(role, member) ? (
                    <Select
                      size="sm"
                      aria-label={`Role of ${member.name}`}
                      data={givable(role).map((value) => ({ value, label: ROLES[value].label }))}
                      value={member.role}
                      allowDeselect={false}
                      disabled={change.isPending}
                      onChange={(value) => {
                        if (value !== null && value !== member.role)
                          change.mutate({ member, role: value as MemberRole });
                      }}
                    />
                  ) : (
                    ROLES[member.role].label
                  )}
                </Table.Td>
                <Table.Td>
                  <TimeText at={member.joinedAt} as="date" />
                </Table.Td>
                <Table.Td>
                  <TimeText at={member.lastSeenAt} as="ago" />
                </Table.Td>
                <Table.Td ta="right">
                  {mayRemove(role, me.memberId, member) && (
                    <Button
                      size="compact-sm"
                      variant="subtle"
                      color="red"
                      aria-label={member.memberId === me.memberId ? "Leave the account" : `Remove ${member.name}`}
                      onClick={() => setRemoving(member)}
                    >
                      {member.memberId === me.memberId ? "Leave" : "Remove"}
                    </Button>
                  )}
                </Table.Td>
              </Table.Tr>
            ))}
          </Rows>
        </>
      )}
      <ConfirmDialog
        opened={removing !== null}
        onClose={() => setRemoving(null)}
        title={mine ? `Leave ${name}` : `Remove ${removing?.name ?? "the member"}`}
        action={mine ? "Leave the account" : "Remove the member"}
        onConfirm={async () => {
          if (removing === null) return;
          await api("DELETE", accountPath(accountId, "members", removing.memberId));
          if (mine) {
            await queries.refetchQueries(meQuery);
            await navigate("/", { replace: true });
          } else {
            await queries.invalidateQueries(membersQuery(accountId));
          }
        }}
      >
        {mine
          ? "You no longer see this account. Only an invitation brings you back."
          : "They no longer see this account from now on. Keys that they know stay valid; revoke those if you have to."}
      </ConfirmDialog>
    </Panel>
  );
}

function useChangeRole() {
  const { accountId } = useMembership();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ member, role }: { member: Member; role: MemberRole }) =>
      api("PATCH", accountPath(accountId, "members", member.memberId), { body: { role } satisfies MemberChange }),
    onSuccess: (_, { member, role }) => {
      notifications.show({ message: `${member.name} is ${ROLES[role].label.toLowerCase()} now.` });
    },
    // One's own role may have changed, and with it what the page offers.
    onSettled: () =>
      Promise.all([queries.invalidateQueries(membersQuery(accountId)), queries.invalidateQueries(meQuery)]),
  });
}
