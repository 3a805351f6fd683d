import { Anchor, Stack, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { api } from "../api/client";
import { serverQuery } from "../api/session";
import type { PasswordForgotten } from "../generated/api";
import { FormMessage } from "../shell/FormMessage";
import { useSending } from "../shell/sending";
import { Door } from "./Door";
import { email } from "./rules";
import { ActionButton } from "../shell/ActionButton";

export function ForgottenPage() {
  const server = useQuery(serverQuery);
  const form = useForm({ initialValues: { email: "" }, validate: { email } });
  const { onSubmit, message, mutation } = useSending({
    form,
    names: { email: "The email" },
    send: ({ email }) =>
      api<void>("POST", "/password/forgotten", { body: { email: email.trim() } satisfies PasswordForgotten }),
  });
  const foot = (
    <Anchor component={Link} to="/sign-in">
      Back to signing in
    </Anchor>
  );
  if (mutation.isSuccess) {
    return (
      <Door title="Look for the link" foot={foot}>
        <Text role="status">
          If <strong>{mutation.variables.email.trim()}</strong> belongs to a member, there is a link now with which a
          new password can be set.{" "}
          {server.data?.sendsMail === false
            ? "This server sends no mail: the link is in its log. Ask the person who runs it."
            : "It is in the mail to that address. Look into the spam folder too."}
        </Text>
      </Door>
    );
  }
  return (
    <Door title="Forgotten password" lead="You get a link with which to set a new one." foot={foot}>
      <form onSubmit={onSubmit} noValidate>
        <Stack>
          <TextInput
            label="Email"
            type="email"
            autoComplete="username"
            inputMode="email"
            {...form.getInputProps("email")}
          />
          <FormMessage>{message}</FormMessage>
          <ActionButton type="submit" loading={mutation.isPending} fullWidth>
            Get the link
          </ActionButton>
        </Stack>
      </form>
    </Door>
  );
}
