import type { z } from "zod";
import type { AnyOperation } from "./operation.ts";
import type { AnyTrigger } from "./trigger.ts";

/** The subject of operations: the part of their keys before the first full stop. */
export interface Resource {
  /** Title Case, singular, for menus. */
  label: string;
  description: string;
}

/** The declarations of one API surface. The keys of operations and triggers are their names in code. */
export interface Surface {
  /** The name in lower case, for file names and identifiers. */
  name: string;
  title: string;
  description: string;
  /** The way to authenticate, for the reference. */
  authorization: string;
  /** The body of every refusal. It is named (`.meta({ id })`), apart from the other surfaces'. */
  errorBody: z.ZodType;
  resources: Readonly<Record<string, Resource>>;
  operations: Readonly<Record<string, AnyOperation>>;
  /** The types of events, and their names in menus (Title Case). */
  events: Readonly<Record<string, string>>;
  triggers: Readonly<Record<string, AnyTrigger>>;
}

/** The declarations of several surfaces in one, for one client, one n8n node or one app. */
export type Declarations = Pick<Surface, "resources" | "operations" | "events" | "triggers">;

/**
 * Joins several surfaces into one.
 *
 * @throws Error when two of them give one name to different things
 */
export function joinSurfaces(surfaces: readonly Surface[]): Declarations {
  return {
    resources: join(surfaces, "resources", (surface) => surface.resources),
    operations: join(surfaces, "operations", (surface) => surface.operations),
    events: join(surfaces, "events", (surface) => surface.events),
    triggers: join(surfaces, "triggers", (surface) => surface.triggers),
  };
}

function join<Declared>(
  surfaces: readonly Surface[],
  part: string,
  partOf: (surface: Surface) => Readonly<Record<string, Declared>>,
): Record<string, Declared> {
  const joined = new Map<string, Declared>();
  for (const surface of surfaces) {
    for (const [name, declared] of Object.entries(partOf(surface))) {
      if (joined.has(name) && joined.get(name) !== declared)
        throw new Error(`${surface.name}: there already is another ${name} among the ${part}`);
      joined.set(name, declared);
    }
  }
  return Object.fromEntries(joined);
}
