import { Stack } from "@mantine/core";
import type { ReactNode } from "react";
import { FormMessage } from "../shell/FormMessage";
import type { Sender } from "../shell/sending";
import { ActionButton } from "../shell/ActionButton";

export interface SettingsFormProps {
  readonly sender: Pick<Sender<never, unknown>, "onSubmit" | "message"> & {
    readonly mutation: { readonly isPending: boolean };
  };
  readonly mayChange: boolean;
  readonly dirty: boolean;
  readonly children: ReactNode;
}

/** What every panel of the page has around its fields. Who may not change them can read and copy them. */
export function SettingsForm({ sender, mayChange, dirty, children }: SettingsFormProps) {
  return (
    <form onSubmit={sender.onSubmit} noValidate>
      <Stack align="stretch">
        {children}
        <FormMessage>{sender.message}</FormMessage>
        {mayChange && (
          <ActionButton type="submit" loading={sender.mutation.isPending} disabled={!dirty} w="fit-content">
            Save
          </ActionButton>
        )}
      </Stack>
    </form>
  );
}
