import { Anchor, Badge, Button, Group, Stack, Text, ThemeIcon } from "@mantine/core";
import { IconCheck, IconCode, IconDeviceMobile, IconKey, IconPalette } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Link } from "react-router";
import { useAccount, useMembership } from "../api/session";
import { usable } from "../keys/apikey";
import { apikeysQuery } from "../keys/queries";
import { CopyButton } from "../shell/CopyButton";
import { PageHeader } from "../shell/PageHeader";
import { Panel } from "../shell/Panel";
import classes from "./StartPage.module.css";

/** The short way from a new account to a call in the business's own app. */
export function StartPage() {
  const { accountId, name } = useMembership();
  const keys = useQuery(apikeysQuery(accountId));
  const account = useAccount();
  const key = keys.data?.find(usable);
  const branded = account.data !== undefined && account.data.branding.logo !== null;
  const page = (path: string) => `/a/${accountId}/${path}`;
  return (
    <>
      <PageHeader title="Get started" lead={`Four steps until ${name} rings. Each takes a few minutes.`} />
      <Panel>
        <ol className={classes.steps}>
          <Step
            icon={<IconKey />}
            title="Your keys"
            done={key !== undefined}
            to={page("keys")}
            action={key === undefined ? "Make an apikey" : "See the keys"}
          >
            An app names your account by its account id and shows an apikey. Neither is a secret.
            <dl className={classes.values}>
              <Value term="Account id" value={accountId} />
              {key !== undefined && <Value term="Apikey" value={key.apikey} />}
            </dl>
          </Step>
          <Step icon={<IconCode />} title="The snippet" to={page("integration")} action="Choose a snippet">
            A few lines for your web page or app, and for your backend. Your keys are in them already.
          </Step>
          <Step
            icon={<IconPalette />}
            title="Your look"
            done={branded}
            to={page("branding")}
            action="Brand the screens"
          >
            Logo and colours of the call screens. You watch the screens change while you choose.
          </Step>
          <Step icon={<IconDeviceMobile />} title="A test call" to={page("test-call")} action="Call yourself">
            Two phones on one page call each other, through the real SDK. The call is in the log afterwards.
          </Step>
        </ol>
      </Panel>
      <Text size="sm" c="dimmed" mt="md">
        Before real users call each other, have your backend say who they are:{" "}
        <Anchor component={Link} to={page("tokens")}>
          user tokens
        </Anchor>
        .
      </Text>
    </>
  );
}

interface StepProps {
  readonly icon: ReactNode;
  readonly title: string;
  readonly done?: boolean;
  readonly to: string;
  readonly action: string;
  readonly children: ReactNode;
}

function Step({ icon, title, done = false, to, action, children }: StepProps) {
  return (
    <li className={classes.step}>
      <ThemeIcon size={44} radius="xl" variant="light" color={done ? "green" : "brand"} aria-hidden>
        {done ? <IconCheck /> : icon}
      </ThemeIcon>
      <Stack gap={4} miw={0}>
        <Group gap="xs">
          <h2 className={classes.title}>{title}</h2>
          {done && (
            <Badge variant="light" color="green">
              Done
            </Badge>
          )}
        </Group>
        <Text c="dimmed" component="div">
          {children}
        </Text>
      </Stack>
      <Button component={Link} to={to} variant={done ? "default" : "light"}>
        {action}
      </Button>
    </li>
  );
}

function Value({ term, value }: { readonly term: string; readonly value: string }) {
  return (
    <div className={classes.value}>
      <dt>{term}</dt>
      <dd>
        <code>{value}</code>
        <CopyButton text={value} what={`the ${term.toLowerCase()}`} />
      </dd>
    </div>
  );
}
