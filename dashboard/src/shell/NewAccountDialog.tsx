import { Button, Group, Modal, Stack, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useNavigate } from "react-router";
import { api } from "../api/client";
import { fieldErrors, messageBeside } from "../api/errors";
import { meQuery } from "../api/session";
import type { Membership, NewAccount } from "../generated/api";
import { FormMessage } from "./FormMessage";
import { ActionButton } from "./ActionButton";

export interface NewAccountDialogProps {
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly onMade?: (() => void) | undefined;
}

export function NewAccountDialog({ opened, onClose, onMade }: NewAccountDialogProps) {
  return (
    <Modal opened={opened} onClose={onClose} title="New account">
      <NewAccountForm onClose={onClose} onMade={onMade} />
    </Modal>
  );
}

const NAMES = { name: "The name" };

/** Also what a member without any account sees. */
export function NewAccountForm({ onClose, onMade }: { onClose?: () => void; onMade?: (() => void) | undefined }) {
  const [name, setName] = useState("");
  const queries = useQueryClient();
  const navigate = useNavigate();
  const make = useMutation({
    mutationFn: (body: NewAccount) => api<Membership>("POST", "/accounts", { body }),
    onSuccess: async ({ accountId }) => {
      await queries.refetchQueries(meQuery);
      onClose?.();
      onMade?.();
      await navigate(`/a/${accountId}/start`);
    },
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        make.mutate({ name });
      }}
    >
      <Stack>
        <TextInput
          label="Name of the account"
          description="Usually the business or the app. It has its own keys, users, branding and calls."
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          error={fieldErrors(make.error, NAMES).name}
          maxLength={80}
          required
          data-autofocus
        />
        <FormMessage>{messageBeside(make.error, NAMES)}</FormMessage>
        <Group justify="flex-end">
          {onClose !== undefined && (
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
          )}
          <ActionButton type="submit" loading={make.isPending}>
            Make the account
          </ActionButton>
        </Group>
      </Stack>
    </form>
  );
}
