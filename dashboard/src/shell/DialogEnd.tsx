import { Button, Group } from "@mantine/core";
import type { ReactNode } from "react";
import { ActionButton } from "./ActionButton";
import { FormMessage } from "./FormMessage";

export interface DialogEndProps {
  /** What went wrong; `null` for nothing. */
  readonly message: ReactNode;
  readonly onCancel: () => void;
  readonly running: boolean;
  /** The verb on the button that sends the form. */
  readonly children: ReactNode;
}

/** The end of a form in a dialog: what went wrong, and the two ways out. */
export function DialogEnd({ message, onCancel, running, children }: DialogEndProps) {
  return (
    <>
      <FormMessage>{message}</FormMessage>
      <Group justify="flex-end">
        <Button variant="default" onClick={onCancel}>
          Cancel
        </Button>
        <ActionButton type="submit" loading={running}>
          {children}
        </ActionButton>
      </Group>
    </>
  );
}
