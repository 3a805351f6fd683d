import { Alert, Button, Stack, Text } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { ApiError, sentenceOf } from "../api/errors";

export interface ErrorStateProps {
  readonly error: unknown;
  /** What could not be shown, such as "The keys". */
  readonly what: string;
  readonly retry?: () => void;
}

/** In place of what could not be loaded. */
export function ErrorState({ error, what, retry }: ErrorStateProps) {
  return (
    <Alert role="alert" color="red" variant="light" icon={<IconAlertTriangle />} title={`${what} could not be loaded`}>
      <Stack align="flex-start" gap="sm">
        <Text size="sm">{sentenceOf(error)}</Text>
        {error instanceof ApiError && (
          <Text size="xs" c="dimmed">
            {error.problem.code}
          </Text>
        )}
        {retry !== undefined && (
          <Button size="xs" variant="default" onClick={retry}>
            Try again
          </Button>
        )}
      </Stack>
    </Alert>
  );
}
