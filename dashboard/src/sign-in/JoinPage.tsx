import { Anchor, Button, Divider, Group, Stack, Text } from "@mantine/core";
import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate, useParams } from "react-router";
import { api } from "../api/client";
import { hasCode, sentenceOf } from "../api/errors";
import { meQuery } from "../api/session";
import type { InvitationOffer, Me } from "../generated/api";
import { ROLES } from "../members/roles";
import { FormMessage } from "../shell/FormMessage";
import { Loading } from "../shell/Loading";
import { Door } from "./Door";
import { useEnter } from "./enter";
import { signInAddress } from "./return-address";
import { SignUpForm } from "./SignUpForm";
import { ActionButton } from "../shell/ActionButton";

const offerQuery = (token: string) =>
  queryOptions({
    queryKey: ["invitation", token],
    queryFn: ({ signal }) => api<InvitationOffer>("GET", `/invitations/${encodeURIComponent(token)}`, { signal }),
  });

/** Where an invitation link leads. */
export function JoinPage() {
  const { token = "" } = useParams();
  const offer = useQuery(offerQuery(token));
  const me = useQuery({ ...meQuery, retry: false });
  if (offer.isError) {
    return (
      <Door title="This invitation cannot be followed">
        <Text role="alert">
          {hasCode(offer.error, "ERR_LINK_EXPIRED", "ERR_NOT_FOUND")
            ? "The link was used, withdrawn, has expired or is not complete. Ask for another one."
            : sentenceOf(offer.error)}
        </Text>
      </Door>
    );
  }
  if (offer.isPending || me.isPending) {
    return (
      <Door title="Invitation">
        <Loading what="The invitation" />
      </Door>
    );
  }
  const { accountName, invitedBy, role } = offer.data;
  const lead = `${invitedBy} invites you to work on this account as ${ROLES[role].label.toLowerCase()}. ${ROLES[role].may}`;
  return (
    <Door title={`Join ${accountName}`} lead={lead}>
      {me.isSuccess ? (
        <Accept token={token} offer={offer.data} me={me.data} />
      ) : (
        <SignUpOrIn token={token} offer={offer.data} />
      )}
    </Door>
  );
}

interface Invited {
  readonly token: string;
  readonly offer: InvitationOffer;
}

function Accept({ token, offer, me }: Invited & { readonly me: Me }) {
  const queries = useQueryClient();
  const navigate = useNavigate();
  const accept = useMutation({
    mutationFn: () => api<Me>("POST", `/invitations/${encodeURIComponent(token)}/accept`),
    onSuccess: async (now) => {
      queries.setQueryData(meQuery.queryKey, now);
      const known = new Set(me.accounts.map(({ accountId }) => accountId));
      const joined = now.accounts.find(({ accountId }) => !known.has(accountId));
      await navigate(joined === undefined ? "/" : `/a/${joined.accountId}/statistics`, { replace: true });
    },
  });
  const other = offer.email !== null && offer.email.toLowerCase() !== me.email.toLowerCase();
  return (
    <Stack>
      <Text>
        You are signed in as <strong>{me.email}</strong>.
        {other && (
          <>
            {" "}
            The invitation is for <strong>{offer.email}</strong> alone. Sign out and follow the link again.
          </>
        )}
      </Text>
      <FormMessage>{accept.error === null ? null : sentenceOf(accept.error)}</FormMessage>
      <Group>
        <ActionButton onClick={() => accept.mutate()} loading={accept.isPending} disabled={other}>
          Join
        </ActionButton>
        <Button variant="default" component={Link} to="/">
          Not now
        </Button>
      </Group>
    </Stack>
  );
}

function SignUpOrIn({ token, offer }: Invited) {
  const enter = useEnter();
  return (
    <Stack>
      <SignUpForm invitation={{ token, email: offer.email }} done={(me) => enter(me, "/")} />
      <Divider label="or" />
      <Text ta="center">
        <Anchor component={Link} to={signInAddress(`/join/${token}`)}>
          Sign in as who you are already
        </Anchor>
      </Text>
    </Stack>
  );
}
