import { createClient, SaysoError } from "@sayso/client";
import { QueryCache, QueryClient } from "@tanstack/react-query";
import { countKeptVotes } from "./request/votes/kept-votes.ts";
import { strings } from "./strings/index.ts";

/** Who this page belongs to, once it has been read. */
let personId: string | undefined;

/**
 * Says whose page this is. From then on every call names them, and the server refuses it when somebody else has signed
 * in meanwhile: what one person does on a page never counts as another's.
 */
export function belongTo(id: string): void {
  personId ??= id;
}

/** The API of the server that this page comes from, by the session's cookie. */
export const api = createClient({ url: location.origin, retries: 1, fetch: fetchAsPerson });

/** Bytes up to which a browser finishes several writes of a page that is closed; the standard allows 64 KiB in all. */
const SMALL_BODY = 10_000;

/** `fetch` in the name of {@link belongTo}'s person; small writes arrive although the page is closed meanwhile. */
function fetchAsPerson(input: RequestInfo | URL, init: RequestInit = {}): Promise<Response> {
  const isSmall = typeof init.body === "string" && init.body.length < SMALL_BODY;
  const headers = new Headers(init.headers);
  if (personId !== undefined) headers.set("Sayso-Person", personId);
  return fetch(input, { ...init, headers, keepalive: isSmall });
}

/** As many votes as the sign-in page takes for a number. */
const ENDED_MAX = 999;

/** Whether the session is over: then only signing in helps. */
const isSignedOut = (error: unknown): boolean =>
  error instanceof SaysoError && error.status === 401;

/** Leaves for the sign-in page, which tells of votes that were not counted, and comes back to where it was. */
export function signInAgain(): void {
  const next = location.pathname + location.search;
  const votes = personId === undefined ? 0 : countKeptVotes(personId);
  const ended = Math.min(votes, ENDED_MAX);
  location.assign(`/sign-in?next=${encodeURIComponent(next)}&ended=${ended}`);
}

/** What will not be better the next moment: refusals. What never arrived will. */
const isFinal = (error: unknown): boolean =>
  error instanceof SaysoError && error.status >= 400 && error.status < 500;

/**
 * Everything that was read. Live events say when something has changed (src/live), so what is here counts as fresh for a
 * minute.
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
      // The client itself has tried twice already.
      retry: (failures, error) => failures < 1 && !isFinal(error),
    },
    mutations: {
      onError: (error) => {
        if (isSignedOut(error)) signInAgain();
      },
    },
  },
});

/** An error in words for people: the server's own where it gave some. */
export const messageOf = (error: unknown): string => {
  if (error instanceof SaysoError && error.status === 0) return strings.common.offline;
  return error instanceof Error ? error.message : String(error);
};

/** What is wrong with each field of a form, by its name on the wire; empty where the error is about something else. */
export function faultsOf(error: unknown): Record<string, string> {
  if (!(error instanceof SaysoError)) return {};
  return Object.fromEntries(
    (error.details.fields ?? []).map(({ field, message }) => [field, message]),
  );
}
