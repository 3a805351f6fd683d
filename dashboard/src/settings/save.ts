import { notifications } from "@mantine/notifications";
import { useQueryClient } from "@tanstack/react-query";
import { accountPath, api } from "../api/client";
import { accountQuery, meQuery, useMembership } from "../api/session";
import type { SettingsChange } from "../generated/api";

/** Sends a change of the settings and tells the rest of the page. */
export function useSave() {
  const { accountId } = useMembership();
  const queries = useQueryClient();
  return {
    send: (body: SettingsChange) => api("PATCH", accountPath(accountId, "settings"), { body }),
    done: async () => {
      await Promise.all([
        queries.invalidateQueries(accountQuery(accountId)),
        // The account's name is part of it.
        queries.invalidateQueries(meQuery),
      ]);
      notifications.show({ message: "The settings are saved." });
    },
  };
}
