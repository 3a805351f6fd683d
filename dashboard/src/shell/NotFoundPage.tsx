import { Button } from "@mantine/core";
import { IconMapSearch } from "@tabler/icons-react";
import { Link } from "react-router";
import { EmptyState } from "./EmptyState";
import { PageHeader } from "./PageHeader";

export function NotFoundPage() {
  return (
    <>
      <PageHeader title="There is no such page" />
      <EmptyState
        icon={<IconMapSearch />}
        title="Nothing is here"
        action={
          <Button component={Link} to="/" mt="sm">
            To the dashboard
          </Button>
        }
      >
        The address may be mistyped, what it named may be gone, or the account may not be one of yours.
      </EmptyState>
    </>
  );
}
