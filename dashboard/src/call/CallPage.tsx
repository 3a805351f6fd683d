import { Anchor, Button, Group, Text } from "@mantine/core";
import { IconArrowLeft, IconPhoneOff } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "react-router";
import { hasCode } from "../api/errors";
import { useMembership } from "../api/session";
import { callQuery } from "../calls/queries";
import { EmptyState } from "../shell/EmptyState";
import { ErrorState } from "../shell/ErrorState";
import { Loading } from "../shell/Loading";
import { PageHeader } from "../shell/PageHeader";
import { Panel } from "../shell/Panel";
import { CallStory } from "./CallStory";

export function CallPage() {
  const { accountId } = useMembership();
  const { callId = "" } = useParams();
  const { data, error, isPending, refetch } = useQuery(callQuery(accountId, callId));
  const missing = hasCode(error, "ERR_NOT_FOUND", "ERR_CALL_NOT_FOUND", "ERR_VALIDATION");
  return (
    <>
      <Anchor component={Link} to={`/a/${accountId}/calls`} size="sm">
        <Group component="span" gap={4} mb="xs">
          <IconArrowLeft size={16} aria-hidden />
          All calls
        </Group>
      </Anchor>
      <PageHeader
        title={data === undefined ? "Call" : `${data.call.caller} called ${data.call.callee}`}
        {...(data === undefined ? {} : { lead: data.call.context })}
      />
      {isPending && (
        <Panel>
          <Loading what="The call" lines={8} />
        </Panel>
      )}
      {missing && <NoSuchCall accountId={accountId} callId={callId} />}
      {error !== null && !missing && <ErrorState error={error} what="The call" retry={() => void refetch()} />}
      {data !== undefined && <CallStory accountId={accountId} detail={data} />}
    </>
  );
}

function NoSuchCall({ accountId, callId }: { readonly accountId: string; readonly callId: string }) {
  return (
    <Panel>
      <EmptyState
        icon={<IconPhoneOff />}
        title="There is no such call"
        action={
          <Button component={Link} to={`/a/${accountId}/calls`} mt="sm">
            To the calls
          </Button>
        }
      >
        <Text size="sm" style={{ overflowWrap: "anywhere" }}>
          {callId}
        </Text>
        It may run still and get its page when it ends, may be older than the account keeps calls, or belong to another
        account.
      </EmptyState>
    </Panel>
  );
}
