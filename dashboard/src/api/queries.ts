/** How answers are kept, tried again, and what happens when the session has ended. */
import { MutationCache, QueryCache, QueryClient } from "@tanstack/react-query";
import { hasCode, isPassing } from "./errors";

/** How often what may pass is tried again before the page says so. */
const TRIES = 2;

/** `signedOut` is told when the server no longer knows who asks. */
export function createQueries(signedOut: () => void): QueryClient {
  const onError = (error: unknown) => {
    if (hasCode(error, "ERR_UNAUTHENTICATED")) signedOut();
  };
  return new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: {
      queries: {
        // Shorter: a page asks again on every visit; longer: a colleague's change is seen late.
        staleTime: 10_000,
        retry: (failures, error) => isPassing(error) && failures < TRIES,
      },
      // Never by itself: the first try may have been carried out.
      mutations: { retry: false },
    },
  });
}
