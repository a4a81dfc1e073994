import { SaysoError } from "@sayso/client";

/**
 * Leaves for the page that asks once more for the password or passkey where the server refused for want of that, and
 * comes back here afterwards; throws any other error on.
 *
 * @param anchor where on this page to come back to: `#…`
 */
export function goConfirm(error: unknown, anchor = ""): void {
  if (!(error instanceof SaysoError) || error.details.reason !== "confirm_identity") throw error;
  const back = location.pathname + anchor;
  location.assign(`/account/confirm?next=${encodeURIComponent(back)}`);
}
