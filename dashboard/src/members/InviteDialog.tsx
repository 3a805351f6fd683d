import { Modal, Radio, Stack, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { accountPath, api } from "../api/client";
import { useMembership } from "../api/session";
import type { Invitation, MemberRole, NewInvitation } from "../generated/api";
import { DialogEnd } from "../shell/DialogEnd";
import { SecretDialog } from "../shell/SecretDialog";
import { useSending } from "../shell/sending";
import { email } from "../sign-in/rules";
import { givable } from "./permissions";
import { invitationsQuery } from "./queries";
import { ROLES } from "./roles";

export interface InviteDialogProps {
  readonly opened: boolean;
  readonly onClose: () => void;
}

export function InviteDialog({ opened, onClose }: InviteDialogProps) {
  const [link, setLink] = useState<string | null>(null);
  return (
    <>
      <Modal opened={opened} onClose={onClose} title="Invite somebody">
        <InviteForm
          onClose={onClose}
          done={(invitation) => {
            onClose();
            setLink(invitation.link ?? null);
          }}
        />
      </Modal>
      <SecretDialog title="The invitation link" secret={link} what="the link" onClose={() => setLink(null)}>
        Send it to the person you invite. It is shown this once; if it is lost, withdraw the invitation and make
        another.
      </SecretDialog>
    </>
  );
}

interface InviteFormProps {
  readonly onClose: () => void;
  readonly done: (invitation: Invitation) => void;
}

function InviteForm({ onClose, done }: InviteFormProps) {
  const { accountId, role: mine } = useMembership();
  const queries = useQueryClient();
  const form = useForm({
    initialValues: { email: "", role: "viewer" as MemberRole },
    validate: { email: (value: string) => (value.trim() === "" ? null : email(value)) },
  });
  const { onSubmit, message, mutation } = useSending({
    form,
    names: { email: "The email", role: "The role" },
    send: ({ email, role }) => {
      const only = email.trim() === "" ? {} : { email: email.trim() };
      return api<Invitation>("POST", accountPath(accountId, "invitations"), {
        body: { ...only, role } satisfies NewInvitation,
      });
    },
    done: async (invitation) => {
      await queries.invalidateQueries(invitationsQuery(accountId));
      done(invitation);
    },
  });
  return (
    <form onSubmit={onSubmit} noValidate>
      <Stack>
        <TextInput
          label="Email"
          description="Only who has this address may follow the link. Left empty, whoever gets the link may."
          type="email"
          autoComplete="off"
          data-autofocus
          {...form.getInputProps("email")}
        />
        <Radio.Group label="Role" {...form.getInputProps("role")}>
          <Stack gap="xs" mt={8}>
            {givable(mine).map((role) => (
              <Radio key={role} value={role} label={ROLES[role].label} description={ROLES[role].may} />
            ))}
          </Stack>
        </Radio.Group>
        <DialogEnd message={message} onCancel={onClose} running={mutation.isPending}>
          Get the link
        </DialogEnd>
      </Stack>
    </form>
  );
}
