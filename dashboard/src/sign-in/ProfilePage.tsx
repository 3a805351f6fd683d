import { Button, Stack, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useDisclosure } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { useQueryClient } from "@tanstack/react-query";
import { api } from "../api/client";
import { meQuery, useMe } from "../api/session";
import type { MyChange, PasswordChange } from "../generated/api";
import { ConfirmDialog } from "../shell/ConfirmDialog";
import { FormMessage } from "../shell/FormMessage";
import { PageHeader } from "../shell/PageHeader";
import { Panel } from "../shell/Panel";
import { useSending } from "../shell/sending";
import { given, newPassword, title } from "./rules";
import { ActionButton } from "../shell/ActionButton";
import { PasswordField } from "./PasswordField";

export function ProfilePage() {
  return (
    <>
      <PageHeader title="Profile" lead="You, in all your accounts." />
      <Stack maw={640}>
        <NamePanel />
        <PasswordPanel />
        <SessionsPanel />
      </Stack>
    </>
  );
}

function NamePanel() {
  const me = useMe();
  const queries = useQueryClient();
  const form = useForm({ initialValues: { name: me.name }, validate: { name: title } });
  const { onSubmit, message, mutation } = useSending({
    form,
    names: { name: "The name" },
    send: ({ name }) => api("PATCH", "/me", { body: { name: name.trim() } satisfies MyChange }),
    done: async () => {
      await queries.invalidateQueries(meQuery);
      notifications.show({ message: "Your name is saved." });
    },
  });
  return (
    <Panel title="Who you are">
      <form onSubmit={onSubmit} noValidate>
        <Stack align="flex-start">
          <TextInput label="Email" value={me.email} readOnly w="100%" description="With it you sign in." />
          <TextInput label="Name" autoComplete="name" maxLength={80} w="100%" {...form.getInputProps("name")} />
          <FormMessage>{message}</FormMessage>
          <ActionButton type="submit" loading={mutation.isPending}>
            Save
          </ActionButton>
        </Stack>
      </form>
    </Panel>
  );
}

function PasswordPanel() {
  const me = useMe();
  const form = useForm({
    initialValues: { current: "", new: "" },
    validate: { current: given, new: newPassword },
  });
  const { onSubmit, message, mutation } = useSending({
    form,
    names: { current: "The present password", new: "The new password" },
    send: (body: PasswordChange & Record<string, unknown>) => api("POST", "/me/password", { body }),
    done: () => {
      form.reset();
      notifications.show({ message: "Your new password is set. Your other sessions have ended." });
    },
  });
  return (
    <Panel title="Password" lead="A new one ends all your other sessions.">
      <form onSubmit={onSubmit} noValidate>
        <Stack align="flex-start">
          {/* For password managers, which otherwise cannot tell whose password it is. */}
          <input type="hidden" name="username" autoComplete="username" value={me.email} readOnly />
          <PasswordField
            label="Present password"
            autoComplete="current-password"
            w="100%"
            {...form.getInputProps("current")}
          />
          <PasswordField
            label="New password"
            description="At least ten characters."
            autoComplete="new-password"
            w="100%"
            {...form.getInputProps("new")}
          />
          <FormMessage>{message}</FormMessage>
          <ActionButton type="submit" loading={mutation.isPending}>
            Change the password
          </ActionButton>
        </Stack>
      </form>
    </Panel>
  );
}

function SessionsPanel() {
  const [asking, dialog] = useDisclosure(false);
  return (
    <Panel title="Sessions">
      <Stack align="flex-start">
        <Text size="sm">If you are still signed in on a machine that is not yours, end your sessions there.</Text>
        <Button variant="default" onClick={dialog.open}>
          Sign out everywhere else
        </Button>
      </Stack>
      <ConfirmDialog
        opened={asking}
        onClose={dialog.close}
        title="Sign out everywhere else"
        action="Sign out everywhere else"
        onConfirm={async () => {
          await api("POST", "/me/sign-out-everywhere");
          notifications.show({ message: "All your other sessions have ended." });
        }}
      >
        You stay signed in here, and have to sign in again in every other browser.
      </ConfirmDialog>
    </Panel>
  );
}
