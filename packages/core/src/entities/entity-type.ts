import type { Transaction } from "../transactions/transaction.ts";
import { invalidInput } from "../errors.ts";
import { goalEntityTypes, type GoalEntityType } from "./goal-entity.ts";

/** The types that every organization has: "Supported entity types" of the API that the changes surface follows. */
export const builtInEntityTypes = [
  "algorithmModel",
  "qualificationRule",
  "contactPolicy",
  "decisionFlow",
  "offer",
  "creative",
  "channel",
  "arbitrationProfile",
] as const;

/** An organization's own type of entities. */
export interface OwnEntityType {
  id: string;
  name: string;
  /** The address of the applier, called with each approved change. null: none; the change only writes the registry. */
  applierUrl: string | null;
  createdAt: Date;
}

/** A type of entities. Its kind selects the code that carries out a change. */
export type EntityType =
  | { kind: "built_in"; name: string }
  | { kind: "goal"; name: GoalEntityType }
  | ({ kind: "own" } & OwnEntityType);

/** The select list of an {@link OwnEntityType}. */
export const entityTypeColumns = `id, name, applier_url as "applierUrl", created_at as "createdAt"`;

/** Returns true if every organization has a type of this name. */
export const isGivenType = (name: string): boolean => findGiven(name) !== null;

function findGiven(name: string): EntityType | null {
  const builtIn = builtInEntityTypes.find((type) => type === name);
  if (builtIn !== undefined) return { kind: "built_in", name: builtIn };
  const goal = goalEntityTypes.find((type) => type === name);
  return goal === undefined ? null : { kind: "goal", name: goal };
}

/** Returns the type of this name, within the organization's transaction. null: there is none. */
export async function findEntityType(db: Transaction, name: string): Promise<EntityType | null> {
  const given = findGiven(name);
  if (given) return given;
  const { rows } = await db.query<OwnEntityType>(
    `select ${entityTypeColumns} from entity_types where name = $1`,
    [name],
  );
  return rows[0] ? { kind: "own", ...rows[0] } : null;
}

/**
 * Returns the type of this name, for a name that comes from a caller's input.
 *
 * @throws DomainError `validation_failed`: there is no such type
 */
export async function requireEntityType(db: Transaction, name: string): Promise<EntityType> {
  const type = await findEntityType(db, name);
  if (type) return type;
  const known = [...builtInEntityTypes, ...goalEntityTypes].join(", ");
  throw invalidInput({
    field: "entityType",
    message: `entityType ${name} is not a type of this organization: use one of ${known}, or let an admin add it`,
  });
}
