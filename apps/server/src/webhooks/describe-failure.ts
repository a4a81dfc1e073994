import { errorCode } from "@sayso/database";
import { BlockedAddressError } from "./address-guard.ts";

/** A failure in our own words, which everybody may read as it is. */
export class AttemptError extends Error {
  /** True: no complete answer came in time. */
  readonly isTimeOut: boolean;

  constructor(message: string, { isTimeOut = false } = {}) {
    super(message);
    this.isTimeOut = isTimeOut;
  }
}

/**
 * The same text for an unknown name and for a name of the internal network, so that nobody learns which internal names
 * exist.
 */
const NO_ADDRESS =
  "the host's name leads to no address that callbacks may go to; for one in a private network, the operator adds its range to SAYSO_ALLOWED_CALLBACK_CIDRS";

const FAILURES: readonly [codes: RegExp, description: string][] = [
  [/^(ENOTFOUND|EAI_)/, NO_ADDRESS],
  [/^ECONNREFUSED$/, "the receiver refused the connection"],
  [
    /^(ECONNRESET|EPIPE|ECONNABORTED)$/,
    "the receiver closed the connection before the answer ended",
  ],
  [/^(ETIMEDOUT|EHOST|ENET|EADDRNOTAVAIL|EACCES|EPERM)/, "the receiver could not be reached"],
  [/^HPE_/, "the answer is not HTTP"],
];
const CERTIFICATE =
  /CERT|SELF_SIGNED|UNABLE_TO_(GET|VERIFY|DECODE|DECRYPT)|HOSTNAME_MISMATCH|INVALID_(CA|PURPOSE)|PATH_LENGTH/;
const TLS = /^(ERR_SSL|ERR_TLS|EPROTO)/;

/**
 * Describes a failure for the delivery log, which the asker of the callback can read: only its kind. Leaves out
 * addresses and names of the network that Sayso runs in, and the text of certificates; {@link detailOf} has them.
 */
export function describeFailure(error: unknown): string {
  if (error instanceof AggregateError)
    return [...new Set(error.errors.map(describeFailure))].join("; ").slice(0, 500);
  if (error instanceof AttemptError) return error.message;
  if (error instanceof BlockedAddressError)
    return error.address === null || error.address === error.host ? error.message : NO_ADDRESS;
  const code = errorCode(error);
  if (code === undefined) return "the callback could not be sent";
  const known = FAILURES.find(([codes]) => codes.test(code));
  if (known) return known[1];
  if (CERTIFICATE.test(code)) return `the receiver's certificate is not valid (${code})`;
  if (TLS.test(code)) return `no TLS connection with the receiver could be made (${code})`;
  return "the callback could not be sent";
}

/**
 * Returns the failure in its original words, for the operator's log only. It holds addresses, and if several were
 * tried, all of them.
 */
export function detailOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(detailOf).join("; ");
  return (error instanceof Error ? error.message : String(error)).slice(0, 1_000);
}
