import { createHmac, timingSafeEqual } from "node:crypto";
import type { Services, Session } from "@sayso/core";
import { html, type Html } from "./html.ts";

/** What every form of a signed-in person carries in `csrf`: bound to their session, so it changes with each sign-in. */
export function csrfToken(services: Services, session: Session): string {
  return createHmac("sha256", services.secrets.deriveKey("csrf"))
    .update(session.id)
    .digest("base64url");
}

/** Whether a form brought the token of this session. Compares in constant time. */
export function isCsrfToken(services: Services, session: Session, given: string): boolean {
  const [expected, actual] = [Buffer.from(csrfToken(services, session)), Buffer.from(given)];
  return expected.length === actual.length && timingSafeEqual(expected, actual);
}

/** The hidden field that brings the token along. */
export const csrfField = (csrf: string): Html =>
  html`<input type="hidden" name="csrf" value="${csrf}" />`;
