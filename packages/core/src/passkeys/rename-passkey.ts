import type { Context } from "../context.ts";
import type { AcrossOrganizations, NewIds } from "../capabilities.ts";
import { invalidInput, notFound } from "../errors.ts";
import { recordEvent } from "../events/record-event.ts";
import { inSystemTransaction } from "../transactions/in-system-transaction.ts";
import { findNameFault, tidyName } from "../people/person-input.ts";
import { requireSession } from "./passkey.ts";

/**
 * Gives one of the calling person's passkeys another name: 1 to 100 characters, none of them invisible.
 *
 * @throws DomainError `forbidden` (not a signed-in person), `validation_failed` (field `name`), `not_found`
 */
export async function renamePasskey(
  context: Context<AcrossOrganizations & NewIds>,
  passkeyId: string,
  newName: string,
): Promise<void> {
  const { personId } = requireSession(context);
  const name = tidyName(newName);
  const fault = findNameFault(name);
  if (fault) throw invalidInput(fault);
  await inSystemTransaction(context.services, async (db) => {
    const { rowCount } = await db.query(
      "update passkeys set name = $3 where id::text = $1 and person_id = $2",
      [passkeyId, personId, name],
    );
    if (rowCount === 0) throw notFound("Passkey");
    await recordEvent(db, context, "person.passkey_renamed", {
      person_id: personId,
      passkey_id: passkeyId,
      name,
    });
  });
}
