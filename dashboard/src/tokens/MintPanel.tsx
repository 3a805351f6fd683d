import { Code, Group, Select, Stack, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { accountPath, api } from "../api/client";
import { useMembership } from "../api/session";
import type { MintedToken, NewToken } from "../generated/api";
import { CopyButton } from "../shell/CopyButton";
import { FormMessage } from "../shell/FormMessage";
import { Panel } from "../shell/Panel";
import { useSending } from "../shell/sending";
import { TimeText } from "../shell/TimeText";
import { Tiles } from "../shell/Tiles";
import classes from "./CheckPanel.module.css";
import { cuid, displayName } from "./rules";
import { ActionButton } from "../shell/ActionButton";

const NAMES = { cuid: "The cuid", name: "The name", expiresIn: "The time" };

const LIFETIMES = [
  { value: "60", label: "One minute" },
  { value: "3600", label: "One hour" },
  { value: "86400", label: "One day" },
  { value: "604800", label: "One week" },
];

export function MintPanel() {
  const { accountId } = useMembership();
  const form = useForm({
    initialValues: { cuid: "", name: "", expiresIn: "3600" },
    validate: { cuid: (value: string) => cuid(value.trim()), name: displayName },
  });
  const { onSubmit, message, mutation } = useSending({
    form,
    names: NAMES,
    send: ({ cuid, name, expiresIn }) => {
      const named = name.trim() === "" ? {} : { name: name.trim() };
      const body: NewToken = { cuid: cuid.trim(), ...named, expiresIn: Number(expiresIn) };
      return api<MintedToken>("POST", accountPath(accountId, "tokens"), { body });
    },
  });
  return (
    <Panel title="A token for trying" lead="The server signs it with the token secret in use, as your backend would.">
      <form onSubmit={onSubmit} noValidate>
        <Stack align="stretch">
          <Tiles least="narrow">
            <TextInput label="Cuid" placeholder="anita_7" autoComplete="off" {...form.getInputProps("cuid")} />
            <TextInput label="Name" placeholder="Left out" autoComplete="off" {...form.getInputProps("name")} />
            <Select label="Valid for" data={LIFETIMES} allowDeselect={false} {...form.getInputProps("expiresIn")} />
          </Tiles>
          <FormMessage>{message}</FormMessage>
          <Group>
            <ActionButton type="submit" loading={mutation.isPending}>
              Make a token
            </ActionButton>
          </Group>
        </Stack>
      </form>
      <div aria-live="polite">
        {mutation.isSuccess && (
          <Stack mt="lg" gap="xs">
            <Code block className={classes.json ?? ""}>
              {mutation.data.token}
            </Code>
            <Group justify="space-between">
              <Text size="sm" c="dimmed">
                Accepted until <TimeText at={mutation.data.expiresAt} />
              </Text>
              <CopyButton text={mutation.data.token} what="the token" labelled />
            </Group>
          </Stack>
        )}
      </div>
    </Panel>
  );
}
