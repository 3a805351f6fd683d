import { Code, Table, Text } from "@mantine/core";
import { IconHistory, IconLock } from "@tabler/icons-react";
import { infiniteQueryOptions, useInfiniteQuery } from "@tanstack/react-query";
import { accountPath, api } from "../api/client";
import { useMay, useMembership } from "../api/session";
import type { AuditChange, AuditEntry, AuditPage as AuditPageAnswer } from "../generated/api";
import { EmptyState } from "../shell/EmptyState";
import { ErrorState } from "../shell/ErrorState";
import { Loading } from "../shell/Loading";
import { PageHeader } from "../shell/PageHeader";
import { Panel } from "../shell/Panel";
import { Rows } from "../shell/Rows";
import { TimeText } from "../shell/TimeText";
import classes from "./AuditPage.module.css";
import { ACTORS, actionText } from "./actions";
import { ActionButton } from "../shell/ActionButton";

const auditQuery = (accountId: string) =>
  infiniteQueryOptions({
    queryKey: ["audit", accountId],
    queryFn: ({ signal, pageParam }) =>
      api<AuditPageAnswer>("GET", accountPath(accountId, "audit"), { signal, query: { cursor: pageParam } }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next ?? undefined,
  });

export function AuditPage() {
  const mayRead = useMay("admin");
  return (
    <>
      <PageHeader title="Audit log" lead="Every change of this account: who made it, when, and what was before." />
      <Panel>
        {mayRead ? (
          <Log />
        ) : (
          <EmptyState icon={<IconLock />} title="Only admins and owners read the audit log">
            Ask one of them for the role if you need it.
          </EmptyState>
        )}
      </Panel>
    </>
  );
}

function Log() {
  const { accountId } = useMembership();
  const log = useInfiniteQuery(auditQuery(accountId));
  if (log.isPending) return <Loading what="The audit log" lines={8} />;
  if (log.isError && log.data === undefined) {
    return <ErrorState error={log.error} what="The audit log" retry={() => void log.refetch()} />;
  }
  const entries = log.data.pages.flatMap(({ items }) => items);
  if (entries.length === 0) {
    return (
      <EmptyState icon={<IconHistory />} title="Nothing was changed yet">
        What members, backends and the command line change appears here.
      </EmptyState>
    );
  }
  return (
    <>
      <Rows label="Audit log" columns={["When", "Who", "What", "Before and after"]}>
        {entries.map((entry, line) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: entries have no id, and older ones are only ever added below
          <Table.Tr key={`${entry.at}-${entry.action}-${line}`} className={classes.row ?? ""}>
            <Table.Td className={classes.when ?? ""}>
              <TimeText at={entry.at} />
            </Table.Td>
            <Table.Td>
              {entry.actor}
              <Text size="xs" c="dimmed">
                {ACTORS[entry.actorKind]}
              </Text>
            </Table.Td>
            <Table.Td>
              <What entry={entry} />
            </Table.Td>
            <Table.Td>
              <Changes changes={entry.changes} />
            </Table.Td>
          </Table.Tr>
        ))}
      </Rows>
      {log.isFetchNextPageError && <ErrorState error={log.error} what="Older entries" />}
      {log.hasNextPage && (
        <ActionButton
          variant="default"
          mt="md"
          loading={log.isFetchingNextPage}
          onClick={() => void log.fetchNextPage()}
          mx="auto"
          display="block"
        >
          Show older entries
        </ActionButton>
      )}
    </>
  );
}

function What({ entry }: { readonly entry: AuditEntry }) {
  return (
    <>
      {actionText(entry)}
      {entry.subject !== null && (
        <>
          {" "}
          <strong>{entry.subject}</strong>
        </>
      )}
    </>
  );
}

function Changes({ changes }: { readonly changes: readonly AuditChange[] }) {
  if (changes.length === 0) return null;
  return (
    <ul className={classes.changes}>
      {changes.map(({ field, from, to }) => (
        <li key={field}>
          <span className={classes.field}>{field}</span> {from === null ? "nothing" : <Code>{from}</Code>} →{" "}
          {to === null ? "nothing" : <Code>{to}</Code>}
        </li>
      ))}
    </ul>
  );
}
