import { Stack, Switch, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { notifications } from "@mantine/notifications";
import { useQueryClient } from "@tanstack/react-query";
import { accountPath, api } from "../api/client";
import { accountQuery, useMembership } from "../api/session";
import type { AccessSettings, SettingsChange } from "../generated/api";
import { FormMessage } from "../shell/FormMessage";
import { Panel } from "../shell/Panel";
import { useSending } from "../shell/sending";
import { jwksUrl } from "./rules";
import { ActionButton } from "../shell/ActionButton";

const NAMES = { "access.jwksUrl": "The address", "access.requireUserTokens": "The switch" };

export interface TrustPanelProps {
  readonly access: AccessSettings;
  readonly mayChange: boolean;
}

/** Whether tokens are asked of everybody, and whose signature counts. */
export function TrustPanel({ access, mayChange }: TrustPanelProps) {
  const { accountId } = useMembership();
  const queries = useQueryClient();
  // The fields stand under their path in the request, so that what the server says of one is shown at it.
  const form = useForm({
    initialValues: { access: { requireUserTokens: access.requireUserTokens, jwksUrl: access.jwksUrl ?? "" } },
    validate: { access: { jwksUrl } },
  });
  const { onSubmit, message, mutation } = useSending({
    form,
    names: NAMES,
    send: ({ access: { requireUserTokens, jwksUrl } }) => {
      const url = jwksUrl.trim();
      const change = { ...access, requireUserTokens, jwksUrl: url === "" ? null : url };
      return api("PATCH", accountPath(accountId, "settings"), { body: { access: change } satisfies SettingsChange });
    },
    done: async () => {
      await queries.invalidateQueries(accountQuery(accountId));
      form.resetDirty();
      notifications.show({ message: "Saved. It holds for everybody who signs in from now on." });
    },
  });
  return (
    <Panel title="Whom to trust">
      <form onSubmit={onSubmit} noValidate>
        <Stack align="flex-start">
          <Switch
            label="Require user tokens"
            description="Off, whoever has the apikey may sign in under any cuid. Turn it on before real users call."
            disabled={!mayChange}
            {...form.getInputProps("access.requireUserTokens", { type: "checkbox" })}
          />
          <TextInput
            label="JWKS URL"
            description="Where you publish the public keys that sign your user tokens (RS256, ES256 or EdDSA). Leave it empty to sign with the token secret below."
            placeholder="https://example.com/.well-known/jwks.json"
            w="100%"
            maw={640}
            readOnly={!mayChange}
            {...form.getInputProps("access.jwksUrl")}
          />
          <FormMessage>{message}</FormMessage>
          {mayChange && (
            <ActionButton type="submit" loading={mutation.isPending} disabled={!form.isDirty()}>
              Save
            </ActionButton>
          )}
        </Stack>
      </form>
    </Panel>
  );
}
