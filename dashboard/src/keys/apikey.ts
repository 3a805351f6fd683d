import type { Apikey } from "../generated/api";

/** Whether devices may sign in with it. */
export function usable({ revokedAt }: Pick<Apikey, "revokedAt">): boolean {
  return revokedAt === null;
}
