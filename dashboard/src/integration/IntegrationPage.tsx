import { Alert, Anchor, Select, Stack, Tabs, TextInput } from "@mantine/core";
import { IconInfoCircle } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link, useSearchParams } from "react-router";
import { useMembership } from "../api/session";
import { usable } from "../keys/apikey";
import { apikeysQuery } from "../keys/queries";
import { ErrorState } from "../shell/ErrorState";
import { Loading } from "../shell/Loading";
import { PageHeader } from "../shell/PageHeader";
import { Panel } from "../shell/Panel";
import { Tiles } from "../shell/Tiles";
import { cuid as cuidRule } from "../tokens/rules";
import { SnippetView } from "./SnippetView";
import { type Platform, SNIPPETS } from "./snippets";
import type { Values } from "./substitute";

const TABS: readonly { readonly platform: Platform; readonly label: string }[] = [
  { platform: "web", label: "Web" },
  { platform: "ios", label: "iOS" },
  { platform: "android", label: "Android" },
  { platform: "server", label: "Server" },
];

/** In the snippets until the visitor names somebody. */
const ANITA = "anita_7";
const RAVI = "ravi_22";

export function IntegrationPage() {
  const { accountId } = useMembership();
  const keys = useQuery(apikeysQuery(accountId));
  return (
    <>
      <PageHeader
        title="Integration"
        lead="Copy a snippet into your app or your backend. Your account and this server's address are in it already."
      />
      {keys.isPending ? (
        <Panel>
          <Loading what="Your keys" />
        </Panel>
      ) : keys.isError ? (
        <ErrorState error={keys.error} what="Your keys" retry={() => void keys.refetch()} />
      ) : (
        <Snippets apikeys={keys.data.filter(usable).map(({ apikey, name }) => ({ value: apikey, label: name }))} />
      )}
    </>
  );
}

function Snippets({ apikeys }: { readonly apikeys: readonly { readonly value: string; readonly label: string }[] }) {
  const { accountId } = useMembership();
  const [search, setSearch] = useSearchParams();
  const [apikey, setApikey] = useState(apikeys[0]?.value ?? null);
  const [cuid, setCuid] = useState(ANITA);
  const fault = cuidRule(cuid);
  const platform = TABS.find((tab) => tab.platform === search.get("platform"))?.platform ?? "web";
  const values: Values = {
    server: window.location.origin,
    accountId,
    apikey: apikey ?? "YOUR-APIKEY",
    cuid: fault === null ? cuid : ANITA,
    receiver: cuid === RAVI ? ANITA : RAVI,
  };
  return (
    <Stack>
      <Panel>
        <Tiles>
          <Select
            label="Your key"
            description="The apikey in the snippets."
            data={[...apikeys]}
            value={apikey}
            onChange={setApikey}
            allowDeselect={false}
            disabled={apikeys.length === 0}
            error={apikeys.length === 0 ? "This account has no apikey in use. Make one on the page Keys." : undefined}
          />
          <TextInput
            label="User"
            description="The cuid that signs in: your own id of a user."
            value={cuid}
            onChange={(event) => setCuid(event.currentTarget.value.trim())}
            error={fault}
            autoComplete="off"
            spellCheck={false}
          />
        </Tiles>
      </Panel>
      <Tabs
        value={platform}
        onChange={(chosen) => setSearch({ platform: chosen ?? "web" }, { replace: true })}
        keepMounted={false}
      >
        <Tabs.List>
          {TABS.map((tab) => (
            <Tabs.Tab key={tab.platform} value={tab.platform}>
              {tab.label}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {TABS.map((tab) => (
          <Tabs.Panel key={tab.platform} value={tab.platform} pt="md">
            <Stack>
              <Preface platform={tab.platform} />
              {SNIPPETS.filter((snippet) => snippet.platform === tab.platform).map((snippet) => (
                <SnippetView key={snippet.id} snippet={snippet} values={values} />
              ))}
            </Stack>
          </Tabs.Panel>
        ))}
      </Tabs>
    </Stack>
  );
}

function Preface({ platform }: { readonly platform: Platform }) {
  const { accountId } = useMembership();
  switch (platform) {
    case "ios":
    case "android":
      return (
        <Alert icon={<IconInfoCircle />} variant="light" color="yellow" title="This SDK is being built">
          The SDK for {platform === "ios" ? "iOS" : "Android"} is not released yet. The snippet shows the interface that
          it will have: the names of Signed Call, and besides them the address of your server.
        </Alert>
      );
    case "server":
      return (
        <Alert icon={<IconInfoCircle />} variant="light">
          Secrets come from the environment: a{" "}
          <Anchor component={Link} to={`/a/${accountId}/keys`}>
            secret key
          </Anchor>{" "}
          for the REST API, the{" "}
          <Anchor component={Link} to={`/a/${accountId}/tokens`}>
            token secret
          </Anchor>{" "}
          to sign user tokens. The{" "}
          <Anchor href="/docs" target="_blank">
            explorer of the REST API
          </Anchor>{" "}
          shows all of it.
        </Alert>
      );
    case "web":
      return (
        <Alert icon={<IconInfoCircle />} variant="light">
          Each snippet is a whole page: save it, serve it from https or from localhost, and open it twice under two
          users. Browsers give the microphone to no other pages.
        </Alert>
      );
  }
}
