import type { Context } from "../context.ts";
import type { AcrossOrganizations, NewIds } from "../capabilities.ts";
import { invalidInput } from "../errors.ts";
import { recordEvent } from "../events/record-event.ts";
import { inSystemTransaction } from "../transactions/in-system-transaction.ts";
import { findNameFault, tidyName } from "../people/person-input.ts";
import { requireSignedIn } from "../actors/require-signed-in.ts";

/**
 * Gives the calling person another name, which then shows in every organization and on their earlier actions.
 *
 * @throws DomainError `forbidden` (a machine, a token, an app), `validation_failed`
 */
export async function renameSelf(
  context: Context<AcrossOrganizations & NewIds>,
  name: string,
): Promise<void> {
  const { personId } = requireSignedIn(context.actor, "change their name");
  const tidy = tidyName(name);
  const fault = findNameFault(tidy);
  if (fault) throw invalidInput(fault);
  await inSystemTransaction(context.services, async (db) => {
    const { rows } = await db.query<{ previous: string }>(
      `with before as (select id, name from people where id = $1 for no key update)
       update people p set name = $2 from before where p.id = before.id and before.name <> $2
       returning before.name as previous`,
      [personId, tidy],
    );
    if (!rows[0]) return;
    await recordEvent(db, context, "person.renamed", {
      person_id: personId,
      name: tidy,
      previous_name: rows[0].previous,
    });
  });
}
