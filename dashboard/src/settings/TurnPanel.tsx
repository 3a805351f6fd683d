import { Button, Code, Group, Stack, Table, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconPlus } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { accountPath, api } from "../api/client";
import { useMembership } from "../api/session";
import type { TurnServer } from "../generated/api";
import { ConfirmDialog } from "../shell/ConfirmDialog";
import { ErrorState } from "../shell/ErrorState";
import { Loading } from "../shell/Loading";
import { Panel } from "../shell/Panel";
import { Rows } from "../shell/Rows";
import { TimeText } from "../shell/TimeText";
import { AddTurnServerDialog } from "./AddTurnServerDialog";
import { turnServersQuery } from "./queries";

/** As many as one account may have. */
const SERVERS_MAX = 4;

export function TurnPanel({ mayChange }: { readonly mayChange: boolean }) {
  const { accountId } = useMembership();
  const queries = useQueryClient();
  const servers = useQuery(turnServersQuery(accountId));
  const [adding, dialog] = useDisclosure(false);
  const [removing, setRemoving] = useState<TurnServer | null>(null);
  const refresh = () => queries.invalidateQueries(turnServersQuery(accountId));
  const isFull = (servers.data?.length ?? 0) >= SERVERS_MAX;
  return (
    <Panel
      title="TURN servers"
      lead="For users whose network lets neither UDP nor direct TCP through to this server, such as some offices and hotels. Without them such users cannot talk."
      action={
        mayChange && (
          <Button variant="default" leftSection={<IconPlus size={18} />} onClick={dialog.open} disabled={isFull}>
            Add a server
          </Button>
        )
      }
    >
      {servers.isPending ? (
        <Loading what="The TURN servers" lines={2} />
      ) : servers.isError ? (
        <ErrorState error={servers.error} what="The TURN servers" retry={() => void servers.refetch()} />
      ) : servers.data.length === 0 ? (
        <Text c="dimmed" size="sm">
          None yet. Most calls need none: UDP and TCP to this server come first.
        </Text>
      ) : (
        <Rows label="TURN servers" columns={["Addresses", "Added", ...(mayChange ? [""] : [])]}>
          {servers.data.map((server) => (
            <Table.Tr key={server.turnServerId}>
              <Table.Td>
                <Stack gap={4}>
                  {server.urls.map((url) => (
                    <Code key={url} w="fit-content" style={{ overflowWrap: "anywhere" }}>
                      {url}
                    </Code>
                  ))}
                </Stack>
              </Table.Td>
              <Table.Td>
                <TimeText at={server.createdAt} as="date" />
              </Table.Td>
              {mayChange && (
                <Table.Td>
                  <Group justify="flex-end">
                    <Button
                      size="compact-sm"
                      variant="subtle"
                      color="red"
                      aria-label={`Remove ${server.urls[0] ?? server.turnServerId}`}
                      onClick={() => setRemoving(server)}
                    >
                      Remove
                    </Button>
                  </Group>
                </Table.Td>
              )}
            </Table.Tr>
          ))}
        </Rows>
      )}
      <AddTurnServerDialog
        opened={adding}
        onClose={dialog.close}
        done={() => {
          dialog.close();
          return refresh();
        }}
      />
      <ConfirmDialog
        opened={removing !== null}
        onClose={() => setRemoving(null)}
        title="Remove the TURN server"
        action="Remove it"
        onConfirm={async () => {
          if (removing !== null) await api("DELETE", accountPath(accountId, "turn-servers", removing.turnServerId));
          await refresh();
        }}
      >
        Devices that sign in from now on do not use it. Those that are signed in may for up to 12 hours; change the
        secret at the server to refuse them at once.
      </ConfirmDialog>
    </Panel>
  );
}
