import type { Context } from "../context.ts";
import type { AcrossOrganizations } from "../capabilities.ts";
import { inSystemTransaction } from "../transactions/in-system-transaction.ts";
import { passkeyColumns, requireSession, type Passkey } from "./passkey.ts";

/**
 * Returns the calling person's passkeys, the oldest first.
 *
 * @throws DomainError `forbidden` (not a signed-in person)
 */
export async function listPasskeys(context: Context<AcrossOrganizations>): Promise<Passkey[]> {
  const { personId } = requireSession(context);
  const { rows } = await inSystemTransaction(context.services, (db) =>
    db.query<Passkey>(
      `select ${passkeyColumns} from passkeys k where k.person_id = $1 order by k.created_at, k.id`,
      [personId],
    ),
  );
  return rows;
}
