import { Button, Code, Table } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconPlus, IconServer2 } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { accountPath, api } from "../api/client";
import { useMembership } from "../api/session";
import type { NewKey, SecretKey } from "../generated/api";
import { ConfirmDialog } from "../shell/ConfirmDialog";
import { EmptyState } from "../shell/EmptyState";
import { ErrorState } from "../shell/ErrorState";
import { Loading } from "../shell/Loading";
import { Panel } from "../shell/Panel";
import { Rows } from "../shell/Rows";
import { SecretDialog } from "../shell/SecretDialog";
import { TimeText } from "../shell/TimeText";
import { usable } from "./apikey";
import { KeyName, RevokeButton } from "./KeyCells";
import { NameKeyDialog } from "./NameKeyDialog";
import { secretKeysQuery } from "./queries";

export function SecretKeysPanel() {
  const { accountId } = useMembership();
  const queries = useQueryClient();
  const keys = useQuery(secretKeysQuery(accountId));
  const [naming, dialog] = useDisclosure(false);
  const [made, setMade] = useState<SecretKey | null>(null);
  const [revoking, setRevoking] = useState<SecretKey | null>(null);
  const refresh = () => queries.invalidateQueries(secretKeysQuery(accountId));
  return (
    <Panel
      title="Secret keys"
      lead="For your backend alone, to use the REST API. Who has one may read and change this account."
      action={
        <Button leftSection={<IconPlus size={18} />} onClick={dialog.open}>
          New secret key
        </Button>
      }
    >
      {keys.isPending ? (
        <Loading what="The secret keys" />
      ) : keys.isError ? (
        <ErrorState error={keys.error} what="The secret keys" retry={() => void keys.refetch()} />
      ) : keys.data.length === 0 ? (
        <EmptyState icon={<IconServer2 />} title="There is no secret key">
          Make one as soon as your backend lists calls, mints user tokens or changes settings.
        </EmptyState>
      ) : (
        <Rows label="Secret keys" columns={["Name", "Ends in", "Made", "Last used", ""]}>
          {keys.data.map((key) => (
            <Table.Tr key={key.keyId}>
              <Table.Td>
                <KeyName of={key} />
              </Table.Td>
              <Table.Td>
                <Code>…{key.ending}</Code>
              </Table.Td>
              <Table.Td>
                <TimeText at={key.createdAt} as="date" />
              </Table.Td>
              <Table.Td>
                <TimeText at={key.lastUsedAt} as="ago" />
              </Table.Td>
              <Table.Td ta="right">
                {usable(key) && <RevokeButton name={key.name} onClick={() => setRevoking(key)} />}
              </Table.Td>
            </Table.Tr>
          ))}
        </Rows>
      )}
      <NameKeyDialog
        opened={naming}
        onClose={dialog.close}
        title="New secret key"
        example="Order backend"
        send={(body: NewKey) => api<SecretKey>("POST", accountPath(accountId, "secret-keys"), { body })}
        done={(key) => {
          dialog.close();
          setMade(key);
          return refresh();
        }}
      />
      <SecretDialog
        title="Your new secret key"
        secret={made?.secret ?? null}
        what="the secret key"
        onClose={() => setMade(null)}
      >
        Copy it to where your backend keeps its secrets. It is shown this once: the server keeps nothing from which it
        could be read again.
      </SecretDialog>
      <ConfirmDialog
        opened={revoking !== null}
        onClose={() => setRevoking(null)}
        title={`Revoke ${revoking?.name ?? "the secret key"}`}
        action="Revoke the secret key"
        onConfirm={async () => {
          if (revoking !== null) await api("DELETE", accountPath(accountId, "secret-keys", revoking.keyId));
          await refresh();
        }}
      >
        Backends that use it are refused from now on. It cannot be brought back.
      </ConfirmDialog>
    </Panel>
  );
}
