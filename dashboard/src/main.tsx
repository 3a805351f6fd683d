import "@mantine/core/styles.css";
import "@mantine/notifications/styles.css";
import "virtual:theme.css";
import "./shell/global.css";

import { MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { RouterProvider } from "react-router/dom";
import { createQueries } from "./api/queries";
import { createRouter } from "./router";
import { theme } from "./shell/theme";
import { signInAddress } from "./sign-in/return-address";

const queries = createQueries(() => {
  const { pathname, search } = window.location;
  if (!/^\/(a|profile|welcome)(\/|$)/.test(pathname)) return;
  // The page that shows a member is left before the member is forgotten.
  void router.navigate(signInAddress(pathname + search), { replace: true }).then(() => queries.clear());
});
const router = createRouter(queries);

const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no #root");
createRoot(root).render(
  <StrictMode>
    {/* The variables and classes that this would write into <style> elements are in virtual:theme.css. */}
    <MantineProvider theme={theme} defaultColorScheme="auto" withCssVariables={false} withGlobalClasses={false}>
      <QueryClientProvider client={queries}>
        <Notifications position="top-center" />
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
