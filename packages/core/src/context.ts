import type { Actor } from "./actors/actor.ts";

/**
 * The caller of a verb, the organization, and the capabilities that the verb uses.
 *
 * @typeParam Uses the capabilities that the verb uses, itself or in the verbs that it calls, and no others
 *   (`capabilities.ts`); a bare `Context` gives none
 */
export interface Context<Uses = unknown> {
  services: Uses;
  organizationId: string;
  actor: Actor;
}
