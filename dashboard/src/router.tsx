/** Every address of the dashboard. Each page is a chunk of its own, loaded when it is first visited. */
import type { QueryClient } from "@tanstack/react-query";
import type { ComponentType } from "react";
import { createBrowserRouter, type LoaderFunctionArgs, redirect } from "react-router";
import { hasCode } from "./api/errors";
import { meQuery } from "./api/session";
import { CrashNotice, CrashPage } from "./shell/CrashPage";
import { Frame } from "./shell/Frame";
import { firstAccount } from "./shell/last-account";
import { NotFoundPage } from "./shell/NotFoundPage";
import { Pages } from "./shell/Pages";
import { signInAddress } from "./sign-in/return-address";

export function createRouter(queries: QueryClient) {
  /** Nobody sees the frame, not for a moment, before the server has said who they are. */
  const member = async ({ request }: LoaderFunctionArgs) => {
    try {
      return await queries.ensureQueryData(meQuery);
    } catch (error) {
      if (!hasCode(error, "ERR_UNAUTHENTICATED")) throw error;
      const { pathname, search } = new URL(request.url);
      throw redirect(signInAddress(pathname + search));
    }
  };
  const home = async (args: LoaderFunctionArgs) => {
    const accountId = firstAccount(await member(args));
    throw redirect(accountId === null ? "/welcome" : `/a/${accountId}/statistics`);
  };

  return createBrowserRouter([
    {
      Component: Pages,
      ErrorBoundary: CrashPage,
      HydrateFallback: () => null,
      children: [
        { path: "/", loader: home },
        { path: "/sign-in", lazy: page(() => import("./sign-in/SignInPage"), "SignInPage") },
        { path: "/sign-up", lazy: page(() => import("./sign-in/SignUpPage"), "SignUpPage") },
        { path: "/forgotten", lazy: page(() => import("./sign-in/ForgottenPage"), "ForgottenPage") },
        { path: "/reset/:token", lazy: page(() => import("./sign-in/ResetPage"), "ResetPage") },
        { path: "/join/:token", lazy: page(() => import("./sign-in/JoinPage"), "JoinPage") },
        {
          Component: Frame,
          loader: member,
          shouldRevalidate: () => false,
          children: [
            { path: "/profile", lazy: page(() => import("./sign-in/ProfilePage"), "ProfilePage") },
            { path: "/welcome", lazy: page(() => import("./start/WelcomePage"), "WelcomePage") },
            {
              path: "/a/:accountId",
              ErrorBoundary: CrashNotice,
              children: [
                { index: true, loader: ({ params }) => redirect(`/a/${params.accountId}/statistics`) },
                { path: "start", lazy: page(() => import("./start/StartPage"), "StartPage") },
                { path: "statistics", lazy: page(() => import("./statistics/StatisticsPage"), "StatisticsPage") },
                { path: "calls", lazy: page(() => import("./calls/CallsPage"), "CallsPage") },
                { path: "calls/:callId", lazy: page(() => import("./call/CallPage"), "CallPage") },
                { path: "branding", lazy: page(() => import("./branding/BrandingPage"), "BrandingPage") },
                { path: "integration", lazy: page(() => import("./integration/IntegrationPage"), "IntegrationPage") },
                { path: "test-call", lazy: page(() => import("./test-call/TestCallPage"), "TestCallPage") },
                { path: "keys", lazy: page(() => import("./keys/KeysPage"), "KeysPage") },
                { path: "tokens", lazy: page(() => import("./tokens/TokensPage"), "TokensPage") },
                { path: "settings", lazy: page(() => import("./settings/SettingsPage"), "SettingsPage") },
                { path: "members", lazy: page(() => import("./members/MembersPage"), "MembersPage") },
                { path: "audit", lazy: page(() => import("./audit/AuditPage"), "AuditPage") },
                { path: "*", Component: NotFoundPage },
              ],
            },
            { path: "*", Component: NotFoundPage },
          ],
        },
      ],
    },
  ]);
}

/** What a route needs to load the component `name` of a file when it is visited. */
function page<Name extends string>(load: () => Promise<Record<Name, ComponentType>>, name: Name) {
  return async () => ({ Component: (await load())[name] });
}
