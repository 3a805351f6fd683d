import { Stack, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { api } from "../api/client";
import type { Me, SignUp } from "../generated/api";
import { FormMessage } from "../shell/FormMessage";
import { useSending } from "../shell/sending";
import { email, newPassword, title } from "./rules";
import { ActionButton } from "../shell/ActionButton";
import { PasswordField } from "./PasswordField";

const NAMES = {
  email: "The email",
  password: "The password",
  name: "The name",
  accountName: "The account's name",
};

export interface SignUpFormProps {
  /** Who follows an invitation joins its account instead of making one. */
  readonly invitation?: { readonly token: string; readonly email: string | null };
  readonly done: (me: Me) => unknown;
}

export function SignUpForm({ invitation, done }: SignUpFormProps) {
  const form = useForm({
    initialValues: { name: "", accountName: "", email: invitation?.email ?? "", password: "" },
    validate: {
      name: title,
      accountName: (value: string) => (invitation === undefined ? title(value) : null),
      email,
      password: newPassword,
    },
  });
  const { onSubmit, message, mutation } = useSending({
    form,
    names: NAMES,
    send: ({ name, accountName, email, password }) => {
      const joins = invitation === undefined ? { accountName: accountName.trim() } : { invitation: invitation.token };
      return api<Me>("POST", "/sign-up", {
        body: { email: email.trim(), password, name: name.trim(), ...joins } satisfies SignUp,
      });
    },
    done,
  });
  return (
    <form onSubmit={onSubmit} noValidate>
      <Stack>
        <TextInput label="Your name" autoComplete="name" maxLength={80} {...form.getInputProps("name")} />
        {invitation === undefined && (
          <TextInput
            label="Name of the account"
            description="Usually the business or the app. You can change it later."
            autoComplete="organization"
            maxLength={80}
            {...form.getInputProps("accountName")}
          />
        )}
        <TextInput
          label="Email"
          type="email"
          autoComplete="username"
          inputMode="email"
          readOnly={typeof invitation?.email === "string"}
          {...form.getInputProps("email")}
        />
        <PasswordField
          label="Password"
          description="At least ten characters. A few words are easy to remember."
          autoComplete="new-password"
          {...form.getInputProps("password")}
        />
        <FormMessage>{message}</FormMessage>
        <ActionButton type="submit" loading={mutation.isPending} fullWidth>
          {invitation === undefined ? "Sign up" : "Sign up and join"}
        </ActionButton>
      </Stack>
    </form>
  );
}
