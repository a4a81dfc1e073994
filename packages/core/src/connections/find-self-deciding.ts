import type { SystemPool } from "../capabilities.ts";

/** A connection that can decide its own requests. */
export interface SelfDeciding {
  id: string;
  name: string;
  /** The name of the person in whose name it votes. */
  ownerName: string;
}

/** Returns every connection, in all organizations, that can decide what was asked through it, sorted by name. */
export async function findSelfDeciding({ system }: SystemPool): Promise<SelfDeciding[]> {
  const { rows } = await system.query<SelfDeciding>(
    `select c.id, c.name, p.name as "ownerName" from connections c join people p on p.id = c.owner_id
     where c.can_decide and c.can_decide_own and c.deleted_at is null order by c.name, c.id`,
  );
  return rows;
}
