import { Alert, Anchor, Stack, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { IconInfoCircle } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, useSearchParams } from "react-router";
import { api } from "../api/client";
import { serverQuery } from "../api/session";
import type { DemoLogin, Login, Me } from "../generated/api";
import { FormMessage } from "../shell/FormMessage";
import { Loading } from "../shell/Loading";
import { useSending } from "../shell/sending";
import { Door } from "./Door";
import { useEnter } from "./enter";
import { returnAddress } from "./return-address";
import { email, given } from "./rules";
import { ActionButton } from "../shell/ActionButton";
import { PasswordField } from "./PasswordField";

const NAMES = { email: "The email", password: "The password" };

export function SignInPage() {
  const server = useQuery(serverQuery);
  const [search] = useSearchParams();
  const foot = server.data?.signUpOpen === true && (
    <>
      New here?{" "}
      <Anchor component={Link} to="/sign-up">
        Sign up
      </Anchor>
    </>
  );
  return (
    <Door title="Sign in" lead="To the dashboard of your calls." foot={foot}>
      {server.isPending ? (
        <Loading what="The form" />
      ) : (
        <Stack>
          {search.get("reset") === "done" && (
            <Alert color="green" variant="light" role="status">
              Your new password is set. Sign in with it.
            </Alert>
          )}
          <SignInForm demo={server.data?.demo} />
        </Stack>
      )}
    </Door>
  );
}

function SignInForm({ demo }: { readonly demo: DemoLogin | undefined }) {
  const [search] = useSearchParams();
  const enter = useEnter();
  const form = useForm<Login & Record<string, unknown>>({
    initialValues: { email: demo?.email ?? "", password: demo?.password ?? "" },
    validate: { email, password: given },
  });
  const { onSubmit, message, mutation } = useSending({
    form,
    names: NAMES,
    send: ({ email, password }) =>
      api<Me>("POST", "/sign-in", { body: { email: email.trim(), password } satisfies Login }),
    done: (me) => enter(me, returnAddress(search)),
  });
  return (
    <form onSubmit={onSubmit} noValidate>
      <Stack>
        {demo !== undefined && (
          <Alert icon={<IconInfoCircle />} variant="light">
            This is a demo. Its login is filled in.
          </Alert>
        )}
        <TextInput
          label="Email"
          type="email"
          autoComplete="username"
          inputMode="email"
          {...form.getInputProps("email")}
        />
        <PasswordField label="Password" autoComplete="current-password" {...form.getInputProps("password")} />
        <FormMessage>{message}</FormMessage>
        <ActionButton type="submit" loading={mutation.isPending} fullWidth>
          Sign in
        </ActionButton>
        <Text size="sm" ta="center">
          <Anchor component={Link} to="/forgotten">
            Forgotten your password?
          </Anchor>
        </Text>
      </Stack>
    </form>
  );
}
