import type { Transaction } from "../transactions/transaction.ts";
import { invalidInput, type FieldFault } from "../errors.ts";
import type { FlowStep } from "./flow.ts";

/**
 * Checks that each reviewer is a member or a team of this organization.
 *
 * @param remedy the end of each error message, which says what to do
 * @throws DomainError `validation_failed`, which names each reviewer who is not
 */
export async function checkReviewers(
  db: Transaction,
  steps: readonly FlowStep[],
  remedy = "",
): Promise<void> {
  const named = steps.flatMap((step, s) =>
    step.reviewers.map((reviewer, r) => ({ ...reviewer, field: `steps.${s}.reviewers.${r}.id` })),
  );
  const idsOf = (type: string) => named.filter((one) => one.type === type).map(({ id }) => id);
  const { rows } = await db.query<{ id: string }>(
    `select person_id as id from memberships where person_id = any ($1)
     union all select id from teams where id = any ($2)`,
    [idsOf("user"), idsOf("team")],
  );
  const known = new Set(rows.map(({ id }) => id));
  const faults = named
    .filter(({ id }) => !known.has(id))
    .map(({ field, type, id }): FieldFault => ({
      field,
      message: `${field}: ${id} is not a ${type === "user" ? "person" : "team"} of this organization${remedy}`,
    }));
  const [first, ...others] = faults;
  if (first) throw invalidInput(first, ...others);
}
