import { isIP } from "node:net";
import type { PublicAddress } from "../capabilities.ts";
import { DomainError } from "../errors.ts";

/** Sayso as browsers know it. Passkeys are made for `id` (a host name) and used on `origin` only. */
export interface RelyingParty {
  id: string;
  origin: string;
}

/**
 * Returns the reason why no browser makes a passkey for Sayso's address, in a sentence for people; null where browsers
 * do. A passkey is bound to a host name (Web Authentication Level 3, "RP ID"), and secure contexts are https and
 * localhost.
 */
export function findPasskeyObstacle({ publicUrl }: PublicAddress): string | null {
  const { hostname, protocol } = new URL(publicUrl);
  if (isIP(hostname.replace(/^\[|\]$/g, "")) !== 0)
    return `Passkeys belong to a host name, and Sayso is reached by an IP address here (${hostname})`;
  if (protocol !== "https:" && !/(^|\.)localhost$/.test(hostname))
    return `Passkeys need https, and Sayso is reached without it here (${publicUrl})`;
  return null;
}

/**
 * Returns the relying party of Sayso's address.
 *
 * @throws DomainError `invalid_state` where there can be no passkeys: see {@link findPasskeyObstacle}
 */
export function relyingParty(services: PublicAddress): RelyingParty {
  const obstacle = findPasskeyObstacle(services);
  if (obstacle) throw new DomainError("invalid_state", obstacle);
  const { hostname, origin } = new URL(services.publicUrl);
  return { id: hostname, origin };
}
