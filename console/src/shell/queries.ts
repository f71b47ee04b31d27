import { MutationCache, QueryCache, QueryClient } from "@tanstack/react-query";
import { ProblemError } from "../api/problem";
import { sessionQuery } from "../api/queries";

/** The query cache. A request refused for want of a session ends the session here, and the shell goes to the log-in. */
export function makeQueries(): QueryClient {
  const onError = (error: unknown) => {
    if (error instanceof ProblemError && error.problem.code === "auth.required") {
      queries.setQueryData(sessionQuery.queryKey, null);
    }
  };
  const queries: QueryClient = new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: {
      queries: {
        staleTime: 5_000,
        // What the hub refuses it refuses again; only silence is worth another try.
        retry: (tries, error) => tries < 2 && error instanceof ProblemError && error.problem.status === 0,
      },
    },
  });
  return queries;
}
