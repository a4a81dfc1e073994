import { SaysoError } from "@sayso/client";

/**
 * Leaves for the page that asks for the password or passkey again, and comes back here afterwards. It does so only if
 * the server refused because this confirmation is missing.
 *
 * @param anchor the place on this page to come back to: `#…`
 * @throws every other error that it is given
 */
export function goConfirm(error: unknown, anchor = ""): void {
  if (!(error instanceof SaysoError) || error.details.reason !== "confirm_identity") throw error;
  const back = location.pathname + anchor;
  location.assign(`/account/confirm?next=${encodeURIComponent(back)}`);
}
