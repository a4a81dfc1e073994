import type { Context } from "../context.ts";
import type { AcrossOrganizations, Mailing } from "../capabilities.ts";
import { inSystemTransaction } from "../transactions/in-system-transaction.ts";
import { stopDeciding } from "./stop-deciding.ts";

/** A connection whose votes ended because Sayso is no longer at a localhost address. */
export interface LeftLocalhost {
  id: string;
  name: string;
}

/**
 * Ends the votes that connections have only because of a localhost address (`decidesWhileLocal`), in all organizations.
 * For a server that is at another address now. The connections' keys go on asking, and their owners are mailed. Votes
 * that an owner agreed to, or that an operator allowed on the command line, stay.
 *
 * @returns the connections that this call ended; of several calls at once, only one ends each
 */
export async function leaveLocalhost(
  services: AcrossOrganizations & Mailing,
): Promise<LeftLocalhost[]> {
  return inSystemTransaction(services, async (db) => {
    const { rows } = await db.query<LeftLocalhost & Pick<Context, "organizationId">>(
      `select id, name, organization_id as "organizationId" from connections
       where can_decide and decides_while_local and deleted_at is null order by id for no key update`,
    );
    for (const { id, organizationId } of rows)
      await stopDeciding(
        db,
        { services, organizationId, actor: { kind: "system" } },
        id,
        "left_localhost",
      );
    return rows.map(({ id, name }) => ({ id, name }));
  });
}
