import { createHmac, timingSafeEqual } from "node:crypto";
import type { Services } from "@sayso/core";

/**
 * The time that a page must have been shown before it approves, in milliseconds. It is longer than a double tap, whose
 * second tap lands on the button in the place of the list's row.
 */
const SHOWN_MS = 1000;

/** A page of a request, in one session. */
interface ShownPage {
  requestId: string;
  /** The number of the request's last event that the page shows: its form votes for exactly this version. */
  version: number;
  /** The token of the session's forms. */
  csrf: string;
}

/**
 * Returns the time at which a page is shown, in milliseconds since 1970, with a code that only this server can make. The
 * page's form brings it back.
 */
export const markShown = (
  services: Services,
  page: ShownPage,
  at: number | string = Date.now(),
): string => `${at}.${codeOf(services, page, at)}`;

const codeOf = (
  { secrets }: Services,
  { csrf, requestId, version }: ShownPage,
  at: number | string,
) =>
  createHmac("sha256", secrets.deriveKey("time at which a page was shown"))
    .update(`${csrf} ${requestId} ${version} ${at}`)
    .digest("base64url");

/** Whether the page was shown long enough. A mark that is missing, or that this server didn't make for this page, says no. */
export function wasShownLongEnough(services: Services, page: ShownPage, given: string): boolean {
  const at = /^\d{1,15}(?=\.)/.exec(given)?.[0];
  if (at === undefined) return false;
  const [expected, actual] = [Buffer.from(markShown(services, page, at)), Buffer.from(given)];
  return (
    expected.length === actual.length &&
    timingSafeEqual(expected, actual) &&
    Date.now() - Number(at) >= SHOWN_MS
  );
}
