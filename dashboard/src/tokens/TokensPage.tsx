import { Anchor, Stack } from "@mantine/core";
import { Link } from "react-router";
import { useAccount, useMay, useMembership } from "../api/session";
import { ErrorState } from "../shell/ErrorState";
import { Loading } from "../shell/Loading";
import { PageHeader } from "../shell/PageHeader";
import { Panel } from "../shell/Panel";
import { CheckPanel } from "./CheckPanel";
import { MintPanel } from "./MintPanel";
import { SecretsPanel } from "./SecretsPanel";
import { TrustPanel } from "./TrustPanel";

export function TokensPage() {
  const { accountId } = useMembership();
  const account = useAccount();
  const mayChange = useMay("admin");
  return (
    <>
      <PageHeader
        title="User tokens"
        lead={
          <>
            With a user token your backend says who somebody is, so that nobody can sign in as somebody else. The{" "}
            <Anchor component={Link} to={`/a/${accountId}/integration`}>
              integration page
            </Anchor>{" "}
            shows how a backend makes one.
          </>
        }
      />
      <Stack>
        {account.isPending ? (
          <Panel>
            <Loading what="The settings" />
          </Panel>
        ) : account.isError ? (
          <ErrorState error={account.error} what="The settings" retry={() => void account.refetch()} />
        ) : (
          <TrustPanel access={account.data.settings.access} mayChange={mayChange} />
        )}
        {mayChange && <SecretsPanel />}
        <CheckPanel />
        {/* Where the business's own keys sign, this server cannot. */}
        {mayChange && account.data?.settings.access.jwksUrl === null && <MintPanel />}
      </Stack>
    </>
  );
}
