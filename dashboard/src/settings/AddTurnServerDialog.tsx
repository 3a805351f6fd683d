import { Code, Modal, PasswordInput, Stack, Text, Textarea } from "@mantine/core";
import { useForm } from "@mantine/form";
import { accountPath, api } from "../api/client";
import { useMembership } from "../api/session";
import type { NewTurnServer, TurnServer } from "../generated/api";
import { DialogEnd } from "../shell/DialogEnd";
import { useSending } from "../shell/sending";
import { turnSecret, turnUrlList, turnUrls } from "./rules";

interface Props {
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly done: () => unknown;
}

export function AddTurnServerDialog(props: Props) {
  return (
    <Modal opened={props.opened} onClose={props.onClose} title="Add a TURN server">
      <AddTurnServerForm {...props} />
    </Modal>
  );
}

function AddTurnServerForm({ onClose, done }: Props) {
  const { accountId } = useMembership();
  const form = useForm({
    initialValues: { urls: "", secret: "" },
    validate: { urls: turnUrls, secret: turnSecret },
  });
  const { onSubmit, message, mutation } = useSending({
    form,
    names: { urls: "An address", secret: "The secret" },
    send: ({ urls, secret }) => {
      const body: NewTurnServer = { urls: turnUrlList(urls), secret: secret.trim() };
      return api<TurnServer>("POST", accountPath(accountId, "turn-servers"), { body });
    },
    done,
  });
  return (
    <form onSubmit={onSubmit} noValidate>
      <Stack>
        <Text size="sm">
          It must be one that makes passwords of a secret, such as coturn with <Code>use-auth-secret</Code>.
        </Text>
        <Textarea
          label="Addresses"
          description="One on each line. With TLS on port 443 it works wherever web pages do."
          placeholder={"turn:turn.shop.example:3478?transport=udp\nturns:turn.shop.example:443?transport=tcp"}
          autosize
          minRows={3}
          maxRows={6}
          spellCheck={false}
          autoCapitalize="none"
          data-autofocus
          {...form.getInputProps("urls")}
        />
        <PasswordInput
          label="Secret"
          description="What coturn calls static-auth-secret. It is encrypted and never shown again; devices only get credentials that end after 12 hours."
          autoComplete="off"
          maxLength={200}
          {...form.getInputProps("secret")}
        />
        <DialogEnd message={message} onCancel={onClose} running={mutation.isPending}>
          Add the server
        </DialogEnd>
      </Stack>
    </form>
  );
}
