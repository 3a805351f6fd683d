import { Badge, Button, Code, Group, Modal, Select, Stack, Table, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconRefresh } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { accountPath, api } from "../api/client";
import { sentenceOf } from "../api/errors";
import { useMembership } from "../api/session";
import type { TokenSecret, TokenSecretRotation } from "../generated/api";
import { ConfirmDialog } from "../shell/ConfirmDialog";
import { DialogEnd } from "../shell/DialogEnd";
import { ErrorState } from "../shell/ErrorState";
import { FormMessage } from "../shell/FormMessage";
import { Loading } from "../shell/Loading";
import { Panel } from "../shell/Panel";
import { Rows } from "../shell/Rows";
import { SecretDialog } from "../shell/SecretDialog";
import { TimeText } from "../shell/TimeText";
import { tokenSecretsQuery } from "./queries";
import { ActionButton } from "../shell/ActionButton";

export function SecretsPanel() {
  const { accountId } = useMembership();
  const queries = useQueryClient();
  const secrets = useQuery(tokenSecretsQuery(accountId));
  const [rotating, dialog] = useDisclosure(false);
  const [refusing, setRefusing] = useState<TokenSecret | null>(null);
  const [shown, setShown] = useState<string | null>(null);
  const refresh = () => queries.invalidateQueries(tokenSecretsQuery(accountId));
  const reveal = useMutation({
    mutationFn: ({ secretId }: TokenSecret) =>
      api<TokenSecret>("POST", accountPath(accountId, "token-secrets", secretId, "reveal")),
    onSuccess: ({ secret }) => setShown(secret ?? null),
  });
  return (
    <Panel
      title="Token secret"
      lead="Your backend signs user tokens with it (HS256). Who has it can sign in as anybody: keep it off your apps."
      action={
        <Button variant="default" leftSection={<IconRefresh size={18} />} onClick={dialog.open}>
          Replace it
        </Button>
      }
    >
      <Stack>
        <FormMessage>{reveal.error === null ? null : sentenceOf(reveal.error)}</FormMessage>
        {secrets.isPending ? (
          <Loading what="The token secrets" lines={2} />
        ) : secrets.isError ? (
          <ErrorState error={secrets.error} what="The token secrets" retry={() => void secrets.refetch()} />
        ) : (
          <Rows label="Token secrets" columns={["Key id (kid)", "State", "Made", ""]}>
            {secrets.data.map((secret) => (
              <Table.Tr key={secret.secretId}>
                <Table.Td>
                  <Code>{secret.secretId}</Code>
                </Table.Td>
                <Table.Td>
                  {secret.retiresAt === null ? (
                    <Badge variant="light" color="green">
                      In use
                    </Badge>
                  ) : (
                    <Text size="sm">
                      Accepted until <TimeText at={secret.retiresAt} />
                    </Text>
                  )}
                </Table.Td>
                <Table.Td>
                  <TimeText at={secret.createdAt} as="date" />
                </Table.Td>
                <Table.Td>
                  <Group gap="xs" justify="flex-end" wrap="nowrap">
                    <ActionButton
                      size="compact-sm"
                      variant="subtle"
                      aria-label={`Show the secret of ${secret.secretId}`}
                      loading={reveal.isPending && reveal.variables.secretId === secret.secretId}
                      onClick={() => reveal.mutate(secret)}
                    >
                      Show
                    </ActionButton>
                    {secret.retiresAt !== null && (
                      <Button
                        size="compact-sm"
                        variant="subtle"
                        color="red"
                        aria-label={`Refuse at once: tokens of ${secret.secretId}`}
                        onClick={() => setRefusing(secret)}
                      >
                        Refuse at once
                      </Button>
                    )}
                  </Group>
                </Table.Td>
              </Table.Tr>
            ))}
          </Rows>
        )}
      </Stack>
      <Modal opened={rotating} onClose={dialog.close} title="Replace the token secret">
        <RotateForm
          onClose={dialog.close}
          done={(secret) => {
            dialog.close();
            setShown(secret.secret ?? null);
            return refresh();
          }}
        />
      </Modal>
      <SecretDialog title="Token secret" secret={shown} what="the token secret" onClose={() => setShown(null)}>
        Keep it where your backend keeps its secrets. An admin can have it shown again; the audit log says so.
      </SecretDialog>
      <ConfirmDialog
        opened={refusing !== null}
        onClose={() => setRefusing(null)}
        title="Refuse tokens of this secret"
        action="Refuse them at once"
        onConfirm={async () => {
          if (refusing !== null) await api("DELETE", accountPath(accountId, "token-secrets", refusing.secretId));
          await refresh();
        }}
      >
        Tokens that it signed are refused from now on, however long they would be valid. Users whose app asks for a new
        token notice nothing.
      </ConfirmDialog>
    </Panel>
  );
}

const OVERLAPS = [
  { value: "0", label: "Not at all: it has leaked" },
  { value: "1", label: "One hour" },
  { value: "24", label: "One day" },
  { value: "168", label: "One week" },
  { value: "720", label: "30 days" },
];

function RotateForm({
  onClose,
  done,
}: {
  readonly onClose: () => void;
  readonly done: (made: TokenSecret) => unknown;
}) {
  const { accountId } = useMembership();
  const [hours, setHours] = useState("24");
  const rotate = useMutation({
    mutationFn: (body: TokenSecretRotation) =>
      api<TokenSecret>("POST", accountPath(accountId, "token-secrets"), { body }),
    onSuccess: done,
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        rotate.mutate({ overlapHours: Number(hours) });
      }}
    >
      <Stack>
        <Text size="sm">
          A new secret takes over. Give it to your backend within the time in which the old one counts.
        </Text>
        <Select
          label="How long tokens of the old one are accepted"
          data={OVERLAPS}
          value={hours}
          allowDeselect={false}
          onChange={(value) => setHours(value ?? "24")}
        />
        <DialogEnd
          message={rotate.error === null ? null : sentenceOf(rotate.error)}
          onCancel={onClose}
          running={rotate.isPending}
        >
          Replace the secret
        </DialogEnd>
      </Stack>
    </form>
  );
}
