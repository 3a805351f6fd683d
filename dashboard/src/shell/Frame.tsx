import { Burger, Drawer } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useSuspenseQuery } from "@tanstack/react-query";
import { Fragment, Suspense, useEffect } from "react";
import { Outlet, ScrollRestoration, useParams } from "react-router";
import { MembershipContext, meQuery } from "../api/session";
import { AccountSwitcher } from "./AccountSwitcher";
import { Brand } from "./Brand";
import { ColourScheme } from "./ColourScheme";
import classes from "./Frame.module.css";
import { rememberAccount } from "./last-account";
import { Loading } from "./Loading";
import { Navigation } from "./Navigation";
import { NotFoundPage } from "./NotFoundPage";
import { ProfileMenu } from "./ProfileMenu";

/** What surrounds every page of somebody who is signed in: at the left, or behind a burger on a phone. */
export function Frame() {
  const { data: me } = useSuspenseQuery(meQuery);
  const { accountId } = useParams();
  const [opened, drawer] = useDisclosure(false);
  const membership = me.accounts.find((account) => account.accountId === accountId) ?? null;

  useEffect(() => {
    if (membership !== null) rememberAccount(membership.accountId);
  }, [membership]);

  const unknown = accountId !== undefined && membership === null;
  return (
    <MembershipContext value={membership}>
      <a className={classes.skip} href="#main">
        Skip to the page
      </a>
      <div className={classes.frame}>
        <header className={classes.bar}>
          <Burger opened={opened} onClick={drawer.toggle} aria-label="Menu" aria-expanded={opened} size="sm" />
          <Brand />
          <ProfileMenu me={me} />
        </header>
        <aside className={classes.side} aria-label="Menu">
          <Brand />
          <AccountSwitcher me={me} current={membership} />
          <Navigation membership={membership} />
          <div className={classes.foot}>
            <ProfileMenu me={me} named />
            <ColourScheme />
          </div>
        </aside>
        <Drawer opened={opened} onClose={drawer.close} title={<Brand />} size={300} hiddenFrom="md">
          <div className={classes.drawer}>
            <AccountSwitcher me={me} current={membership} onChosen={drawer.close} />
            <Navigation membership={membership} onChosen={drawer.close} />
            <div className={classes.foot}>
              <ColourScheme />
            </div>
          </div>
        </Drawer>
        <main id="main" tabIndex={-1} className={classes.main}>
          <Suspense fallback={<Loading what="The page" />}>
            {/* Nothing that was typed or chosen in one account is carried into another. */}
            <Fragment key={accountId}>{unknown ? <NotFoundPage /> : <Outlet />}</Fragment>
          </Suspense>
        </main>
      </div>
      <ScrollRestoration />
    </MembershipContext>
  );
}
