import { Button, Code, Group, Table, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconKey, IconPlus } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { accountPath, api } from "../api/client";
import { useMembership } from "../api/session";
import type { Apikey, NewKey } from "../generated/api";
import { ConfirmDialog } from "../shell/ConfirmDialog";
import { CopyButton } from "../shell/CopyButton";
import { EmptyState } from "../shell/EmptyState";
import { ErrorState } from "../shell/ErrorState";
import { Loading } from "../shell/Loading";
import { Panel } from "../shell/Panel";
import { Rows } from "../shell/Rows";
import { TimeText } from "../shell/TimeText";
import { usable } from "./apikey";
import { KeyName, RevokeButton } from "./KeyCells";
import { NameKeyDialog } from "./NameKeyDialog";
import { apikeysQuery } from "./queries";

export function ApikeysPanel({ mayChange }: { readonly mayChange: boolean }) {
  const { accountId } = useMembership();
  const queries = useQueryClient();
  const keys = useQuery(apikeysQuery(accountId));
  const [naming, dialog] = useDisclosure(false);
  const [revoking, setRevoking] = useState<Apikey | null>(null);
  const refresh = () => queries.invalidateQueries(apikeysQuery(accountId));
  return (
    <Panel
      title="Apikeys"
      lead="For apps and web pages. They are visible to everybody who has the app, and open nothing but signing in."
      action={
        mayChange && (
          <Button leftSection={<IconPlus size={18} />} onClick={dialog.open}>
            New apikey
          </Button>
        )
      }
    >
      {keys.isPending ? (
        <Loading what="The apikeys" />
      ) : keys.isError ? (
        <ErrorState error={keys.error} what="The apikeys" retry={() => void keys.refetch()} />
      ) : keys.data.length === 0 ? (
        <EmptyState icon={<IconKey />} title="There is no apikey">
          Without one, no app can sign its users in.
        </EmptyState>
      ) : (
        <Rows label="Apikeys" columns={["Name", "Apikey", "Made", "Last used", ""]}>
          {keys.data.map((key) => (
            <Table.Tr key={key.apikey}>
              <Table.Td>
                <KeyName of={key} />
              </Table.Td>
              <Table.Td>
                <Group gap={4} wrap="nowrap">
                  <Code>{key.apikey}</Code>
                  {usable(key) && <CopyButton text={key.apikey} what={`the apikey ${key.name}`} />}
                </Group>
              </Table.Td>
              <Table.Td>
                <TimeText at={key.createdAt} as="date" />
              </Table.Td>
              <Table.Td>
                <TimeText at={key.lastUsedAt} as="ago" />
              </Table.Td>
              <Table.Td ta="right">
                {mayChange && usable(key) && <RevokeButton name={key.name} onClick={() => setRevoking(key)} />}
              </Table.Td>
            </Table.Tr>
          ))}
        </Rows>
      )}
      <NameKeyDialog
        opened={naming}
        onClose={dialog.close}
        title="New apikey"
        example="Web shop"
        send={(body: NewKey) => api<Apikey>("POST", accountPath(accountId, "apikeys"), { body })}
        done={() => {
          dialog.close();
          return refresh();
        }}
      />
      <ConfirmDialog
        opened={revoking !== null}
        onClose={() => setRevoking(null)}
        title={`Revoke ${revoking?.name ?? "the apikey"}`}
        action="Revoke the apikey"
        onConfirm={async () => {
          if (revoking !== null) await api("DELETE", accountPath(accountId, "apikeys", revoking.apikey));
          await refresh();
        }}
      >
        <Text size="sm">
          Apps that show this apikey can no longer sign their users in. It cannot be brought back; ship the app with
          another one first.
        </Text>
      </ConfirmDialog>
    </Panel>
  );
}
