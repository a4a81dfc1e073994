import pg from "pg";
import { DomainError, invalidInput } from "../errors.ts";

const nameIsTaken = (message: string): DomainError =>
  new DomainError("conflict", message, { details: { field: "name" } });

/**
 * The unique constraints that a caller's value can violate, by their names in packages/database/schema.txt, each with
 * the answer to a second row with the same value.
 */
const refusals = {
  entity_types_organization_id_name_key: (name: string) =>
    nameIsTaken(`There already is a type of entities called ${name}`),
  goal_cycles_name: () => nameIsTaken("There already is a cycle of this name"),
  people_email: () =>
    invalidInput({ field: "email", message: "Another person already has this email address" }),
  review_cycles_name: () => nameIsTaken("There already is a review cycle of this name"),
  saved_views_name: () => nameIsTaken("You have a view of this name already"),
  teams_organization_id_name_key: (name: string) =>
    new DomainError("conflict", `There is a team "${name}" already`),
  templates_organization_id_name_key: () => nameIsTaken("There already is a template of this name"),
};

type Constraint = keyof typeof refusals;
type Values<Of extends Constraint> = Parameters<(typeof refusals)[Of]>;
const refusalOf: { [Of in Constraint]: (...values: Values<Of>) => DomainError } = refusals;

const UNIQUE_VIOLATION = "23505";

/**
 * Turns PostgreSQL's refusal of a duplicate into the answer for the caller: `query(…).catch(refuseDuplicate(…))`. Any
 * other error is thrown as it is. The transaction is lost either way.
 *
 * @param values the value that the caller wanted, where the answer repeats it
 */
export const refuseDuplicate =
  <Of extends Constraint>(constraint: Of, ...values: Values<Of>) =>
  (error: unknown): never => {
    const isDuplicate =
      error instanceof pg.DatabaseError &&
      error.code === UNIQUE_VIOLATION &&
      error.constraint === constraint;
    if (!isDuplicate) throw error;
    throw Object.assign(refusalOf[constraint](...values), { cause: error });
  };
