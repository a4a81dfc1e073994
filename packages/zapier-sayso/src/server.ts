import { createClient, type Sayso } from "@sayso/client";
import type { Bundle, HttpRequestOptions, ZObject } from "zapier-platform-core";

/** Less than the 30 s after which Zapier ends a step. */
const TIMEOUT_SECONDS = 25;

/**
 * Returns the server's address: one for each environment of the app, without a slash at the end.
 *
 * @throws when `SAYSO_URL` is not set to an address
 */
export function serverUrl(z: ZObject): string {
  const address = (process.env.SAYSO_URL ?? "").trim().replace(/\/+$/, "");
  if (URL.canParse(address) && /^https?:/.test(address)) return address;
  throw new z.errors.Error(
    `The app's environment variable SAYSO_URL is ${address ? `"${address}", which is not a URL` : "not set"}: set it to where Sayso answers, such as https://sayso.example.com`,
    "Misconfigured",
    400,
  );
}

/**
 * Creates the client of the connected person, over Zapier's own HTTP client. It repeats nothing, because Zapier tries a
 * step again itself, and later.
 */
export const connect = (z: ZObject, bundle: Pick<Bundle, "authData">): Sayso =>
  createClient({
    url: serverUrl(z),
    token: bundle.authData.access_token ?? "",
    timeoutSeconds: TIMEOUT_SECONDS,
    retries: 0,
    fetch: fetchBy(z),
  });

/** What Sayso's client passes to its `fetch`, and nothing else does. */
interface ClientCall {
  method: HttpRequestOptions["method"];
  headers: Record<string, string>;
  body?: string;
}

/** Zapier's HTTP client as a `fetch`. It logs the call, and answers a 401 by renewing the token. */
const fetchBy =
  (z: ZObject): typeof fetch =>
  async (input, init) => {
    const { method, headers, body } = init as ClientCall;
    const response = await z.request({
      url: input instanceof Request ? input.url : String(input),
      method,
      headers,
      ...(body !== undefined && { body }),
      redirect: "manual",
      timeout: TIMEOUT_SECONDS * 1000,
      // Errors are thrown in the server's own words instead.
      skipThrowForStatus: true,
      ...{ throwForThrottlingEarly: false },
    });
    const { status, content } = response;
    return new Response(isBodyless(status) ? null : content, {
      status,
      headers: [...response.headers],
    });
  };

const isBodyless = (status: number): boolean => [101, 204, 205, 304].includes(status);
