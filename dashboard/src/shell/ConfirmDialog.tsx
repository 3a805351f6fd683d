import { Button, Group, Modal, Stack, Text, TextInput } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { sentenceOf } from "../api/errors";
import { FormMessage } from "./FormMessage";
import { ActionButton } from "./ActionButton";

export interface ConfirmDialogProps {
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly title: string;
  /** What will happen, and whether it can be undone. */
  readonly children: ReactNode;
  /** The verb on the button. */
  readonly action: string;
  /** The dialog closes when it is done; what it rejects with is shown. */
  readonly onConfirm: () => Promise<unknown>;
  /** What has to be typed first, for what cannot be undone. */
  readonly typed?: string;
}

export function ConfirmDialog(props: ConfirmDialogProps) {
  return (
    <Modal opened={props.opened} onClose={props.onClose} title={props.title}>
      <Question {...props} />
    </Modal>
  );
}

/** Apart from the dialog, so that what was typed and what went wrong are gone when it opens again. */
function Question({ onClose, children, action, onConfirm, typed }: ConfirmDialogProps) {
  const [words, setWords] = useState("");
  const [state, setState] = useState<{ readonly running: boolean; readonly error?: unknown }>({ running: false });
  const confirm = async () => {
    setState({ running: true });
    try {
      await onConfirm();
      onClose();
    } catch (error) {
      setState({ running: false, error });
    }
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void confirm();
      }}
    >
      <Stack>
        <Text component="div" size="sm">
          {children}
        </Text>
        {typed !== undefined && (
          <TextInput
            label={`Type “${typed}” to go on`}
            value={words}
            onChange={(event) => setWords(event.currentTarget.value)}
            autoComplete="off"
            data-autofocus
          />
        )}
        <FormMessage>{state.error === undefined ? null : sentenceOf(state.error)}</FormMessage>
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose} {...(typed === undefined ? { "data-autofocus": true } : {})}>
            Cancel
          </Button>
          <ActionButton
            type="submit"
            color="red"
            loading={state.running}
            disabled={typed !== undefined && words.trim() !== typed.trim()}
          >
            {action}
          </ActionButton>
        </Group>
      </Stack>
    </form>
  );
}
