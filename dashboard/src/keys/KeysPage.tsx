import { Stack } from "@mantine/core";
import { useMay } from "../api/session";
import { PageHeader } from "../shell/PageHeader";
import { AccountIdPanel } from "./AccountIdPanel";
import { ApikeysPanel } from "./ApikeysPanel";
import { SecretKeysPanel } from "./SecretKeysPanel";

export function KeysPage() {
  const mayChange = useMay("admin");
  return (
    <>
      <PageHeader title="Keys" lead="With what your apps and your backend show whose they are." />
      <Stack>
        <AccountIdPanel />
        <ApikeysPanel mayChange={mayChange} />
        {mayChange && <SecretKeysPanel />}
      </Stack>
    </>
  );
}
