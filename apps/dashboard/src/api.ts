import { createClient, SaysoError } from "@sayso/client";
import { QueryCache, QueryClient } from "@tanstack/react-query";
import { countKeptVotes } from "./request/votes/kept-votes.ts";
import { strings } from "./strings/index.ts";

/** The id of the person that this page belongs to. Undefined: not yet known. */
let personId: string | undefined;

/**
 * Ties this page to a person. From then on every call names this person, and the server refuses the call when somebody
 * else has signed in meanwhile. So one person's action on a page never counts as another's.
 */
export function belongTo(id: string): void {
  personId ??= id;
}

/** The API of the server that served this page. The session's cookie is the credential. */
export const api = createClient({ url: location.origin, retries: 1, fetch: fetchAsPerson });

/**
 * The length of a body up to which a call outlives its page. Browsers finish such calls after the page is closed; the
 * Fetch standard allows 64 KiB for all of them together.
 */
const SMALL_BODY = 10_000;

/**
 * Calls `fetch` in the name of {@link belongTo}'s person. Small writes arrive even if the page is closed meanwhile.
 */
function fetchAsPerson(input: RequestInfo | URL, init: RequestInit = {}): Promise<Response> {
  const isSmall = typeof init.body === "string" && init.body.length < SMALL_BODY;
  const headers = new Headers(init.headers);
  if (personId !== undefined) headers.set("Sayso-Person", personId);
  return fetch(input, { ...init, headers, keepalive: isSmall });
}

/** The greatest number of votes that the sign-in page accepts. */
const ENDED_MAX = 999;

/** Whether the session is over, so that only a new sign-in helps. */
const isSignedOut = (error: unknown): boolean =>
  error instanceof SaysoError && error.status === 401;

/** Leaves for the sign-in page, which reports the votes that were not counted and leads back to this address. */
export function signInAgain(): void {
  const next = location.pathname + location.search;
  const votes = personId === undefined ? 0 : countKeptVotes(personId);
  const ended = Math.min(votes, ENDED_MAX);
  location.assign(`/sign-in?next=${encodeURIComponent(next)}&ended=${ended}`);
}

/**
 * Whether the server refused the call, so that another attempt would fail too. A call that never arrived is not final.
 */
const isFinal = (error: unknown): boolean =>
  error instanceof SaysoError && error.status >= 400 && error.status < 500;

/**
 * The cache of everything that the pages have read. An entry counts as fresh for a minute, because live events report
 * changes (src/live).
 */
export const queryClient = new QueryClient({
  queryCache: new QueryCache({
    onError: (error) => {
      if (isSignedOut(error)) signInAgain();
    },
  }),
  defaultOptions: {
    queries: {
      staleTime: 60_000,
      gcTime: 5 * 60_000,
      // One retry is enough, because the client itself has tried twice already.
      retry: (failures, error) => failures < 1 && !isFinal(error),
    },
    mutations: {
      onError: (error) => {
        if (isSignedOut(error)) signInAgain();
      },
    },
  },
});

/** The position of a list's first page, for which the API takes none. */
export const firstPage = <Position>(): Position | undefined => undefined;

/** An error in words for people: the server's own message if it gave one. */
export const messageOf = (error: unknown): string => {
  if (error instanceof SaysoError && error.status === 0) return strings.common.offline;
  return error instanceof Error ? error.message : String(error);
};

/**
 * Returns the fault of each field of a form, by the field's name in the API. Empty: the error is about something else.
 */
export function faultsOf(error: unknown): Record<string, string> {
  if (!(error instanceof SaysoError)) return {};
  return Object.fromEntries(
    (error.details.fields ?? []).map(({ field, message }) => [field, message]),
  );
}
