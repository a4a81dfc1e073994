import type { PoolClient } from "pg";
import { invalidInput } from "../errors.ts";
import { goalEntityTypes, type GoalEntityType } from "./goal-entity.ts";

/** What every organization can register entities of (seed 004_e49c165250bb2da2.txt, "Supported entity types"). */
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
  /** Who is called with each approved change of such an entity; null: nobody, the registry alone is changed. */
  applierUrl: string | null;
  createdAt: Date;
}

/** A type of entities, and how a change of one is carried out. */
export type EntityType =
  | { kind: "built_in"; name: string }
  | { kind: "goal"; name: GoalEntityType }
  | ({ kind: "own" } & OwnEntityType);

/** The select list of an {@link OwnEntityType}. */
export const entityTypeColumns = `id, name, applier_url as "applierUrl", created_at as "createdAt"`;

/** Whether a name is taken by a type that every organization has. */
export const isGivenType = (name: string): boolean => findGiven(name) !== null;

function findGiven(name: string): EntityType | null {
  const builtIn = builtInEntityTypes.find((type) => type === name);
  if (builtIn !== undefined) return { kind: "built_in", name: builtIn };
  const goal = goalEntityTypes.find((type) => type === name);
  return goal === undefined ? null : { kind: "goal", name: goal };
}

/** The type of this name, within the organization's transaction; null: there is none. */
export async function findEntityType(db: PoolClient, name: string): Promise<EntityType | null> {
  const given = findGiven(name);
  if (given) return given;
  const { rows } = await db.query<OwnEntityType>(
    `select ${entityTypeColumns} from entity_types where name = $1`,
    [name],
  );
  return rows[0] ? { kind: "own", ...rows[0] } : null;
}

/**
 * As `findEntityType`, for a type that somebody has typed.
 *
 * @throws DomainError `validation_failed`: there is none
 */
export async function requireEntityType(db: PoolClient, name: string): Promise<EntityType> {
  const type = await findEntityType(db, name);
  if (type) return type;
  const known = [...builtInEntityTypes, ...goalEntityTypes].join(", ");
  throw invalidInput({
    field: "entityType",
    message: `entityType ${name} is not known here: use one of ${known}, or let an admin add it`,
  });
}
