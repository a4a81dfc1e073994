import { createKey, type Context, type NewKey } from "@sayso/core";
import type { TestPerson } from "@sayso/testkit";

type Sql = { sql: (text: string, values: unknown[]) => Promise<unknown[]> };

/**
 * Calls `make` while this person owns the connection, and then gives the connection back to its owner.
 * @returns the result of `make`
 */
export async function asEarlierOwner<T>(
  services: Sql,
  person: TestPerson,
  connectionId: string,
  make: (by: Context) => Promise<T>,
): Promise<T> {
  const give = async (ownerId: string) => {
    const [before] = await services.sql(
      `update connections c set owner_id = $2 from connections before
       where c.id = $1 and before.id = c.id returning before.owner_id as "ownerId"`,
      [connectionId, ownerId],
    );
    return (before as { ownerId: string }).ownerId;
  };
  const ownerId = await give(person.id);
  const made = await make(person.context);
  await give(ownerId);
  return made;
}

/** Creates a key as another person, while that person owns the connection. */
export const keyOfEarlierOwner = (
  services: Sql,
  person: TestPerson,
  connectionId: string,
): Promise<NewKey> =>
  asEarlierOwner(services, person, connectionId, (by) => createKey(by, connectionId));
