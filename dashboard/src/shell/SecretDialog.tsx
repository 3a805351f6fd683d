import { Button, Code, Group, Modal, Stack, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { CopyButton } from "./CopyButton";
import classes from "./SecretDialog.module.css";

export interface SecretDialogProps {
  readonly title: string;
  /** Open as long as there is one. */
  readonly secret: string | null;
  /** What is copied, such as "the secret key". */
  readonly what: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** Shows what is shown once. It closes by its button alone, so that a stray click does not lose it. */
export function SecretDialog({ title, secret, what, onClose, children }: SecretDialogProps) {
  return (
    <Modal
      opened={secret !== null}
      onClose={onClose}
      title={title}
      closeOnClickOutside={false}
      closeOnEscape={false}
      withCloseButton={false}
    >
      <Stack>
        <Text size="sm" component="div">
          {children}
        </Text>
        <Code block className={classes.secret ?? ""}>
          {secret}
        </Code>
        <Group justify="space-between">
          <CopyButton text={secret ?? ""} what={what} labelled />
          <Button onClick={onClose}>I have kept it</Button>
        </Group>
      </Stack>
    </Modal>
  );
}
