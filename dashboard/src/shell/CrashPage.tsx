import { Button, Container, Group } from "@mantine/core";
import { IconMoodSad } from "@tabler/icons-react";
import { isRouteErrorResponse, useRouteError } from "react-router";
import { ApiError, sentenceOf, UnreachableError } from "../api/errors";
import { EmptyState } from "./EmptyState";
import { NotFoundPage } from "./NotFoundPage";
import { useDocumentTitle } from "./PageHeader";

/** What is left when not even the frame can be shown. */
export function CrashPage() {
  return (
    <Container component="main" tabIndex={-1} py="xl">
      <CrashNotice />
    </Container>
  );
}

/** In place of a page that cannot be shown: it failed, or its script could not be loaded. */
export function CrashNotice() {
  const error = useRouteError();
  useDocumentTitle("Something went wrong");
  if (isRouteErrorResponse(error) && error.status === 404) return <NotFoundPage />;
  return (
    <EmptyState
      icon={<IconMoodSad />}
      title="This page cannot be shown"
      action={
        <Group mt="sm">
          <Button onClick={() => window.location.reload()}>Reload the page</Button>
          <Button variant="default" component="a" href="/">
            To the dashboard
          </Button>
        </Group>
      }
    >
      {reason(error)}
    </EmptyState>
  );
}

function reason(error: unknown): string {
  if (error instanceof ApiError || error instanceof UnreachableError) return sentenceOf(error);
  // The browsers' words for a script that is gone since the server was replaced differ; its kind does not.
  if (error instanceof TypeError && /import|module|script/i.test(error.message)) {
    return "A part of the dashboard could not be loaded. The server may have been updated in the meantime.";
  }
  return "It failed in a way that nobody foresaw. Your data is as it was.";
}
