import type { Transaction } from "../transactions/transaction.ts";
import type { Context } from "../context.ts";
import type { NewIds } from "../capabilities.ts";
import { invalidInput } from "../errors.ts";
import type { Fields, ValuesOf } from "./fields.ts";

/**
 * Inserts a row of the context's organization, in the caller's transaction.
 *
 * @param more further columns and their values
 * @returns the row's new id
 */
export async function insertRow<F extends Fields>(
  db: Transaction,
  { services, organizationId }: Context<NewIds>,
  table: string,
  fields: F,
  values: Partial<ValuesOf<F>>,
  more: Readonly<Record<string, unknown>> = {},
): Promise<string> {
  const id = services.newId();
  const columns = new Map<string, unknown>([
    ["id", id],
    ["organization_id", organizationId],
    ...Object.entries(more),
  ]);
  for (const [key, { column }] of Object.entries(fields))
    if (values[key] !== undefined) columns.set(column, values[key]);
  await db.query(
    `insert into ${table} (${[...columns.keys()].join(", ")})
     values (${[...columns.keys()].map((_, i) => `$${i + 1}`).join(", ")})`,
    [...columns.values()],
  );
  return id;
}

/**
 * Sets columns of one row that the caller has locked.
 *
 * @param also further assignments in SQL
 */
export async function updateRow<F extends Fields>(
  db: Transaction,
  table: string,
  id: string,
  fields: F,
  changes: Partial<ValuesOf<F>>,
  also: string[] = [],
): Promise<void> {
  const changed = Object.entries(fields).filter(([key]) => changes[key] !== undefined);
  const sets = changed.map(([, { column }], i) => `${column} = $${i + 2}`);
  await db.query(`update ${table} set ${[...sets, ...also].join(", ")} where id = $1`, [
    id,
    ...changed.map(([key]) => changes[key]),
  ]);
}

/**
 * Refuses a person who is no member of the organization, because the database would accept any id.
 *
 * @throws DomainError `validation_failed`
 */
export async function requireMember(
  db: Transaction,
  personId: string | null | undefined,
  field: string,
): Promise<void> {
  if (personId === null || personId === undefined) return;
  const { rowCount } = await db.query("select from memberships where person_id = $1", [personId]);
  if (rowCount === 0)
    throw invalidInput({
      field,
      message: `${field}: ${personId} is not a person of this organization`,
    });
}

/**
 * Refuses a cycle that is not the organization's.
 *
 * @throws DomainError `validation_failed`
 */
export async function requireCycle(
  db: Transaction,
  cycleId: string | null | undefined,
): Promise<void> {
  if (cycleId === null || cycleId === undefined) return;
  const { rowCount } = await db.query("select from goal_cycles where id = $1", [cycleId]);
  if (rowCount === 0)
    throw invalidInput({
      field: "cycle_id",
      message: `cycle_id: ${cycleId} is not a cycle of this organization`,
    });
}
