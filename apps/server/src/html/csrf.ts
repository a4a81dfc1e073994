import { createHmac, timingSafeEqual } from "node:crypto";
import type { Services, Session } from "@sayso/core";
import { html, type Html } from "./html.ts";

/**
 * Returns the token that every form of a signed-in person carries in `csrf`. It is bound to their session, so it
 * changes with each sign-in.
 */
export function csrfToken(services: Services, session: Session): string {
  return createHmac("sha256", services.secrets.deriveKey("csrf"))
    .update(session.id)
    .digest("base64url");
}

/** Returns true if a form brought the token of this session. Compares in constant time. */
export function isCsrfToken(services: Services, session: Session, given: string): boolean {
  const [expected, actual] = [Buffer.from(csrfToken(services, session)), Buffer.from(given)];
  return expected.length === actual.length && timingSafeEqual(expected, actual);
}

/** Renders the hidden field that carries the token. */
export const csrfField = (csrf: string): Html =>
  html`<input type="hidden" name="csrf" value="${csrf}" />`;
