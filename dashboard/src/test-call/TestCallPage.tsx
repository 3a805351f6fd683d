import { Alert, Anchor, Select } from "@mantine/core";
import { IconKey } from "@tabler/icons-react";
import { queryOptions, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "react-router";
import { accountPath, api } from "../api/client";
import { accountQuery, useMay, useMe, useMembership } from "../api/session";
import type { Account, Apikey } from "../generated/api";
import { EmptyState } from "../shell/EmptyState";
import { ErrorState } from "../shell/ErrorState";
import { Loading } from "../shell/Loading";
import { PageHeader } from "../shell/PageHeader";
import { Panel } from "../shell/Panel";
import { peopleOf } from "./people";
import { Phones } from "./Phones";

function apikeysQuery(accountId: string) {
  return queryOptions({
    queryKey: ["apikeys", accountId],
    queryFn: ({ signal }) => api<Apikey[]>("GET", accountPath(accountId, "apikeys"), { signal }),
  });
}

/** Two phones on the page: a real call from one to the other, with the account's keys and branding. */
export function TestCallPage() {
  const { accountId } = useMembership();
  const account = useQuery(accountQuery(accountId));
  const apikeys = useQuery(apikeysQuery(accountId));
  const failed = [account, apikeys].find((query) => query.isError);
  return (
    <>
      <PageHeader
        title="Test call"
        lead="Two people of your account, each with a phone. The calls are real: they use the SDK that your apps load, and they appear in the call log."
      />
      {failed ? (
        <ErrorState what="The test call" error={failed.error} retry={() => void failed.refetch()} />
      ) : account.data && apikeys.data ? (
        <Ready key={accountId} account={account.data} apikeys={apikeys.data} />
      ) : (
        <Panel>
          <Loading what="The test call" lines={8} />
        </Panel>
      )}
    </>
  );
}

function Ready({ account, apikeys }: { account: Account; apikeys: Apikey[] }) {
  const { memberId } = useMe();
  const mayMint = useMay("admin");
  const usable = apikeys.filter((key) => key.revokedAt === null);
  const [apikey, setApikey] = useState(usable[0]?.apikey);
  const { accountId, settings } = account;
  const { requireUserTokens, allowedOrigins } = settings.access;
  const here = window.location.origin;

  if (apikey === undefined) {
    return (
      <Panel>
        <EmptyState
          icon={<IconKey />}
          title="There is no key in force"
          action={
            <Anchor component={Link} to={`/a/${accountId}/keys`}>
              Make an apikey
            </Anchor>
          }
        >
          A phone signs in with one of the account’s apikeys.
        </EmptyState>
      </Panel>
    );
  }
  const obstacle =
    allowedOrigins.length > 0 && !allowedOrigins.includes(here)
      ? `This account lets only certain pages sign in, and the dashboard is none of them. Add ${here} to the allowed web origins in the settings to call from here.`
      : requireUserTokens && !mayMint
        ? "This account asks for user tokens, which only its admins and owners may make here."
        : undefined;
  return (
    <>
      {usable.length > 1 && (
        <Select
          label="Sign in with"
          maw={360}
          mb="md"
          allowDeselect={false}
          data={usable.map((key) => ({ value: key.apikey, label: key.name }))}
          value={apikey}
          onChange={(value) => value !== null && setApikey(value)}
        />
      )}
      {obstacle === undefined ? (
        <Phones
          // Another key is another sign-in.
          key={apikey}
          accountId={accountId}
          apikey={apikey}
          needsTokens={requireUserTokens}
          people={peopleOf(memberId)}
          branding={account.branding}
        />
      ) : (
        <Alert color="yellow" title="No test call from here">
          {obstacle}
        </Alert>
      )}
    </>
  );
}
