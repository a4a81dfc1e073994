import type { Context } from "../context.ts";
import type { AcrossOrganizations, NewIds } from "../capabilities.ts";
import { DomainError, notFound } from "../errors.ts";
import { recordEvent } from "../events/record-event.ts";
import { inSystemTransaction } from "../transactions/in-system-transaction.ts";
import { lockPeople } from "../people/lock-people.ts";
import { requireSession } from "./passkey.ts";

/**
 * Removes one of the calling person's passkeys: it signs nobody in any more. Sessions that it made stay.
 *
 * @throws DomainError `forbidden` (not a signed-in person), `not_found`, `conflict` (the last way in of a person
 *   without a password)
 */
export async function removePasskey(
  context: Context<AcrossOrganizations & NewIds>,
  passkeyId: string,
): Promise<void> {
  const { personId } = requireSession(context);
  await inSystemTransaction(context.services, async (db) => {
    // Simultaneous removals queue here, so that not both can be the last but one.
    await lockPeople(db, [personId]);
    const { rows: own } = await db.query<{ id: string; name: string; hasPassword: boolean }>(
      `select k.id, k.name, p.password_hash is not null as "hasPassword"
       from passkeys k join people p on p.id = k.person_id where p.id = $1`,
      [personId],
    );
    const passkey = own.find(({ id }) => id === passkeyId);
    if (!passkey) throw notFound("Passkey");
    if (own.length === 1 && !passkey.hasPassword) {
      throw new DomainError(
        "conflict",
        "This passkey is your only way to sign in; add another one or choose a password first",
      );
    }
    await db.query("delete from passkeys where id = $1", [passkeyId]);
    await recordEvent(db, context, "person.passkey_removed", {
      person_id: personId,
      passkey_id: passkeyId,
      name: passkey.name,
    });
  });
}
