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
  resources: Readonly<Record<string, Resource>>;
  operations: Readonly<Record<string, AnyOperation>>;
  /** Types of events, and how menus call them (Title Case). */
  events: Readonly<Record<string, string>>;
  triggers: Readonly<Record<string, AnyTrigger>>;
}
