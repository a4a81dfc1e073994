import type { PersonActor } from "../actors/actor.ts";
import type { Context } from "../context.ts";
import { DomainError } from "../errors.ts";

/** A person's passkey, as they see it. */
export interface Passkey {
  id: string;
  /** At first the name of its provider ("iCloud Keychain"), if that is known. */
  name: string;
  /** Whether its provider copies it to the person's other devices (WebAuthn's backup eligibility). */
  isSynced: boolean;
  createdAt: Date;
  lastUsedAt: Date | null;
}

/** The columns of a {@link Passkey}, from `passkeys k`. */
export const passkeyColumns = `k.id, k.name, k.device_type = 'multi_device' as "isSynced", k.created_at as "createdAt",
  k.last_used_at as "lastUsedAt"`;

/**
 * Returns the calling person, who is signed in on a page. Lets nobody and nothing else look after passkeys.
 *
 * @throws DomainError `forbidden` (a machine, a token, an app)
 */
export function requireSession({ actor }: Context): PersonActor {
  if (actor.kind === "person" && actor.via === "session") return actor;
  throw new DomainError("forbidden", "Only a signed-in person can manage passkeys");
}
