import { Badge, Button, Group } from "@mantine/core";
import type { Apikey, SecretKey } from "../generated/api";
import { usable } from "./apikey";

/** How a key is called, and whether it still opens anything. */
export function KeyName({ of }: { readonly of: Apikey | SecretKey }) {
  return (
    <Group gap="xs">
      {of.name}
      {!usable(of) && (
        <Badge color="gray" variant="light">
          Revoked
        </Badge>
      )}
    </Group>
  );
}

export function RevokeButton({ name, onClick }: { readonly name: string; readonly onClick: () => void }) {
  return (
    <Button size="compact-sm" variant="subtle" color="red" aria-label={`Revoke ${name}`} onClick={onClick}>
      Revoke
    </Button>
  );
}
