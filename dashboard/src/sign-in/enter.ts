import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "react-router";
import { forgetMember, meQuery } from "../api/session";
import type { Me } from "../generated/api";

/** What follows when the server has let somebody in: nothing of a member before them stays, and they are led on. */
export function useEnter() {
  const queries = useQueryClient();
  const navigate = useNavigate();
  return async (me: Me, to: string) => {
    await forgetMember(queries);
    queries.setQueryData(meQuery.queryKey, me);
    await navigate(to, { replace: true });
  };
}
