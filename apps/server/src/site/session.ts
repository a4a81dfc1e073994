import { authenticateSession, SESSION_DAYS, type Services, type Session } from "@sayso/core";
import type { Request, Response } from "express";

const DEVICE_DAYS = 400;
/** Longer than the lifetime of any challenge of a passkey. */
const PASSKEY_DAYS = 1;

type Cookie = "session" | "device" | "passkey";

/** Over https the `__Host-` prefix binds a cookie to this very origin (RFC 6265bis §4.1.3.2). */
const isSecure = (services: Services): boolean => services.publicUrl.startsWith("https:");
const nameOf = (services: Services, cookie: Cookie): string =>
  `${isSecure(services) ? "__Host-" : ""}sayso_${cookie}`;

/**
 * Returns the live session whose cookie the request carries, for the pages and for the API; null: there is none.
 *
 * An API call that is authenticated this way and is not a GET or HEAD must also pass {@link isSameOrigin}, because the
 * browser adds the cookie to every request that another site makes it send.
 */
export async function readSession(request: Request, services: Services): Promise<Session | null> {
  const token = readCookie(request, nameOf(services, "session"));
  return token === null ? null : authenticateSession(services, token);
}

/**
 * Returns true if a browser declares that this request comes from a page of Sayso itself. It does so in
 * `Sec-Fetch-Site`, which no script can set (W3C Fetch Metadata). If that is missing (plain http on a network),
 * `Origin` must be the public URL or the requested host. False: the request has neither header.
 */
export function isSameOrigin(request: Request, publicUrl: string): boolean {
  const { origin, host, "sec-fetch-site": site } = request.headers;
  if (site !== undefined) return site === "same-origin";
  if (origin === undefined || !URL.canParse(origin)) return false;
  return origin === new URL(publicUrl).origin || new URL(origin).host === host;
}

/** Sets the cookies of the session, and of the token by which this device is recognised later. */
export function setSignInCookies(
  response: Response,
  services: Services,
  tokens: { sessionToken: string; deviceToken: string },
): void {
  setCookie(response, services, "session", tokens.sessionToken, SESSION_DAYS);
  setCookie(response, services, "device", tokens.deviceToken, DEVICE_DAYS);
  // Any passkey challenge in this browser belongs to the person before.
  setCookie(response, services, "passkey", "", 0);
}

/** Extends the cookie's life to that of the session that was just prolonged. */
export function renewSessionCookie(request: Request, response: Response, services: Services): void {
  const token = readCookie(request, nameOf(services, "session"));
  if (token !== null) setCookie(response, services, "session", token, SESSION_DAYS);
}

export function clearSessionCookie(response: Response, services: Services): void {
  setCookie(response, services, "session", "", 0);
  setCookie(response, services, "passkey", "", 0);
}

/** Returns the token of an earlier sign-in on this device. */
export const readDeviceToken = (request: Request, services: Services): string | null =>
  readCookie(request, nameOf(services, "device"));

/** Returns the token that binds a passkey's challenge to this browser. */
export const readPasskeyToken = (request: Request, services: Services): string | null =>
  readCookie(request, nameOf(services, "passkey"));

/** Lets this browser, and no other, answer the challenge that it gets. */
export const setPasskeyCookie = (response: Response, services: Services, token: string): void =>
  setCookie(response, services, "passkey", token, PASSKEY_DAYS);

/** Returns a `Set-Cookie` that removes the session from the browser, for an answer that is no page. */
export const forgetSessionHeader = (services: Services): string =>
  `${nameOf(services, "session")}=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax${isSecure(services) ? "; Secure" : ""}`;

function setCookie(
  response: Response,
  services: Services,
  cookie: Cookie,
  value: string,
  days: number,
): void {
  response.cookie(nameOf(services, cookie), value, {
    httpOnly: true,
    secure: isSecure(services),
    sameSite: "lax",
    path: "/",
    maxAge: days * 86_400_000,
  });
}

function readCookie(request: Request, name: string): string | null {
  for (const pair of (request.headers.cookie ?? "").split(";")) {
    const [key, ...value] = pair.split("=");
    if (key?.trim() === name) return decode(value.join("=").trim());
  }
  return null;
}

function decode(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}
