import type { z } from "zod";
import type { AnyOperation } from "./operation.ts";
import type { AnyTrigger } from "./trigger.ts";

/** What operations are about: the part of their keys before the first full stop. */
export interface Resource {
  /** Title Case, singular, for menus. */
  label: string;
  description: string;
}

/** Everything that is declared of one API surface. The keys of operations and triggers are their names in code. */
export interface Surface {
  /** In lower case, for file names and identifiers. */
  name: string;
  title: string;
  description: string;
  /** How to show who one is; for the reference. */
  authorization: string;
  /** The body of every refusal; named (`.meta({ id })`), apart from the other surfaces'. */
  errorBody: z.ZodType;
  resources: Readonly<Record<string, Resource>>;
  operations: Readonly<Record<string, AnyOperation>>;
  /** Types of events, and how menus call them (Title Case). */
  events: Readonly<Record<string, string>>;
  triggers: Readonly<Record<string, AnyTrigger>>;
}

/** What several surfaces declare in one: what one client, one n8n node or one app offers. */
export type Declarations = Pick<Surface, "resources" | "operations" | "events" | "triggers">;

/**
 * Several surfaces as one.
 *
 * @throws Error when two of them give one name to different things
 */
export function joinSurfaces(surfaces: readonly Surface[]): Declarations {
  return {
    resources: join(surfaces, "resources"),
    operations: join(surfaces, "operations"),
    events: join(surfaces, "events"),
    triggers: join(surfaces, "triggers"),
  };
}

function join<Part extends keyof Declarations>(
  surfaces: readonly Surface[],
  part: Part,
): Declarations[Part] {
  const joined = new Map<string, unknown>();
  for (const surface of surfaces) {
    for (const [name, declared] of Object.entries(surface[part])) {
      if (joined.has(name) && joined.get(name) !== declared)
        throw new Error(`${surface.name}: there already is another ${name} among the ${part}`);
      joined.set(name, declared);
    }
  }
  return Object.fromEntries(joined) as Declarations[Part];
}
