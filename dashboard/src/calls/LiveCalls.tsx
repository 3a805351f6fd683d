import { Button, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useState } from "react";
import { accountPath, api } from "../api/client";
import { hasCode } from "../api/errors";
import { useMay } from "../api/session";
import { clockText } from "../charts/unit";
import type { LiveCall } from "../generated/api";
import { ConfirmDialog } from "../shell/ConfirmDialog";
import { Loading } from "../shell/Loading";
import { Panel } from "../shell/Panel";
import { useNow } from "./now";
import { type Field, Records } from "./Records";
import type { AccountStream } from "./stream";
import { STATE_WORDS } from "./words";

export interface LiveCallsProps {
  readonly accountId: string;
  readonly stream: AccountStream;
}

export function LiveCalls({ accountId, stream: { calls, state } }: LiveCallsProps) {
  const mayEnd = useMay("admin");
  const [asked, setAsked] = useState<LiveCall | null>(null);
  const lead = state === "polling" ? "The live connection is down; renewed every 15 seconds." : "As they happen.";
  return (
    <Panel title={calls === null ? "Live calls" : `Live calls (${calls.length})`} lead={lead}>
      {calls === null ? (
        <Loading what="The live calls" lines={2} />
      ) : calls.length === 0 ? (
        <Text c="dimmed" size="sm">
          No call runs at this moment.
        </Text>
      ) : (
        <Records
          label="Live calls"
          items={calls}
          keyOf={({ callId }) => callId}
          fields={mayEnd ? [...FIELDS, endField(setAsked)] : FIELDS}
        />
      )}
      <ConfirmDialog
        opened={asked !== null}
        onClose={() => setAsked(null)}
        title="End this call?"
        action="End the call"
        onConfirm={async () => {
          if (asked !== null) await end(accountId, asked);
        }}
      >
        {asked !== null && (
          <>
            The call of {asked.caller} to {asked.callee} ends for both at once. It cannot be taken up again.
          </>
        )}
      </ConfirmDialog>
    </Panel>
  );
}

const FIELDS: readonly Field<LiveCall>[] = [
  {
    title: "Who",
    of: ({ caller, callee }) => (
      <>
        {caller} <span aria-hidden>→</span> {callee}
      </>
    ),
  },
  { title: "Context", of: ({ context }) => context },
  { title: "State", of: ({ state, onHold }) => (onHold ? "On hold" : STATE_WORDS[state]) },
  { title: "For", of: (call) => <Running call={call} /> },
];

function endField(ask: (call: LiveCall) => void): Field<LiveCall> {
  return {
    title: "Action",
    of: (call) => (
      <Button
        size="xs"
        variant="default"
        onClick={() => ask(call)}
        aria-label={`End call of ${call.caller} to ${call.callee}`}
      >
        End call
      </Button>
    ),
  };
}

/** Talking time once the call is answered, waiting time before. */
function Running({ call: { placedAt, answeredAt } }: { readonly call: LiveCall }) {
  return (
    <span style={{ fontVariantNumeric: "tabular-nums" }}>{clockText(useNow(1000) - (answeredAt ?? placedAt))}</span>
  );
}

/** A call that has ended in the meantime is what was wished for. */
async function end(accountId: string, { callId }: LiveCall): Promise<void> {
  try {
    await api("POST", accountPath(accountId, "calls", callId, "end"));
  } catch (error) {
    if (!hasCode(error, "ERR_NOT_FOUND", "ERR_CALL_NOT_FOUND")) throw error;
    notifications.show({ title: "The call was over already", message: "Nothing had to be done." });
  }
}
