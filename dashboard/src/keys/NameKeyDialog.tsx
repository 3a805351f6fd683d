import { Modal, Stack, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import type { NewKey } from "../generated/api";
import { DialogEnd } from "../shell/DialogEnd";
import { useSending } from "../shell/sending";
import { title as titleRule } from "../sign-in/rules";

export interface NameKeyDialogProps<Key> {
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly title: string;
  readonly example: string;
  readonly send: (key: NewKey) => Promise<Key>;
  readonly done: (key: Key) => unknown;
}

export function NameKeyDialog<Key>(props: NameKeyDialogProps<Key>) {
  return (
    <Modal opened={props.opened} onClose={props.onClose} title={props.title}>
      <NameKeyForm {...props} />
    </Modal>
  );
}

function NameKeyForm<Key>({ onClose, example, send, done }: NameKeyDialogProps<Key>) {
  const form = useForm({ initialValues: { name: "" }, validate: { name: titleRule } });
  const { onSubmit, message, mutation } = useSending({
    form,
    names: { name: "The name" },
    send: ({ name }) => send({ name: name.trim() }),
    done,
  });
  return (
    <form onSubmit={onSubmit} noValidate>
      <Stack>
        <TextInput
          label="Name"
          description="Where it will be used, so that you know later whom you take it from."
          placeholder={example}
          maxLength={80}
          data-autofocus
          {...form.getInputProps("name")}
        />
        <DialogEnd message={message} onCancel={onClose} running={mutation.isPending}>
          Make the key
        </DialogEnd>
      </Stack>
    </form>
  );
}
