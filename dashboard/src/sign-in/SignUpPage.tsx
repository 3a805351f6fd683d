import { Anchor, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { serverQuery } from "../api/session";
import { ErrorState } from "../shell/ErrorState";
import { Loading } from "../shell/Loading";
import { Door } from "./Door";
import { useEnter } from "./enter";
import { SignUpForm } from "./SignUpForm";

export function SignUpPage() {
  const server = useQuery(serverQuery);
  const enter = useEnter();
  const foot = (
    <>
      Signed up already?{" "}
      <Anchor component={Link} to="/sign-in">
        Sign in
      </Anchor>
    </>
  );
  if (server.isPending || server.isError) {
    return (
      <Door title="Sign up" foot={foot}>
        {server.isPending ? (
          <Loading what="The form" />
        ) : (
          <ErrorState error={server.error} what="The form" retry={() => void server.refetch()} />
        )}
      </Door>
    );
  }
  if (!server.data.signUpOpen) {
    return (
      <Door title="Sign-up is closed" foot={foot}>
        <Text>
          On this server nobody signs up by themselves. Ask an admin of the account that you want to work on for an
          invitation link, or the person who runs the server to open sign-up.
        </Text>
      </Door>
    );
  }
  return (
    <Door title="Sign up" lead="An account for your business: its keys, its look and its calls." foot={foot}>
      <SignUpForm done={(me) => enter(me, me.accounts[0] ? `/a/${me.accounts[0].accountId}/start` : "/welcome")} />
    </Door>
  );
}
