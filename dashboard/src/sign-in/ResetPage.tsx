import { Anchor, Stack } from "@mantine/core";
import { useForm } from "@mantine/form";
import { Link, useNavigate, useParams } from "react-router";
import { api } from "../api/client";
import { hasCode } from "../api/errors";
import type { PasswordReset } from "../generated/api";
import { FormMessage } from "../shell/FormMessage";
import { useSending } from "../shell/sending";
import { Door } from "./Door";
import { newPassword } from "./rules";
import { ActionButton } from "../shell/ActionButton";
import { PasswordField } from "./PasswordField";

export function ResetPage() {
  const { token = "" } = useParams();
  const navigate = useNavigate();
  const form = useForm({ initialValues: { password: "" }, validate: { password: newPassword } });
  const { onSubmit, message, mutation } = useSending({
    form,
    names: { password: "The password" },
    send: ({ password }) => api<void>("POST", "/password/reset", { body: { token, password } satisfies PasswordReset }),
    done: () => navigate("/sign-in?reset=done", { replace: true }),
  });
  return (
    <Door title="New password" lead="You are signed out everywhere when it is set.">
      <form onSubmit={onSubmit} noValidate>
        <Stack>
          <PasswordField
            label="New password"
            description="At least ten characters."
            autoComplete="new-password"
            {...form.getInputProps("password")}
          />
          <FormMessage>{message}</FormMessage>
          {hasCode(mutation.error, "ERR_LINK_EXPIRED") && (
            <Anchor component={Link} to="/forgotten">
              Get another link
            </Anchor>
          )}
          <ActionButton type="submit" loading={mutation.isPending} fullWidth>
            Set the password
          </ActionButton>
        </Stack>
      </form>
    </Door>
  );
}
