import type { Actor } from "./actors/actor.ts";

/**
 * Says who calls a verb, in which organization, and gives it what it uses.
 *
 * @typeParam Uses the capabilities that the verb touches, by itself or in what it calls, and no others
 *   (`capabilities.ts`); a bare `Context` gives none
 */
export interface Context<Uses = unknown> {
  services: Uses;
  organizationId: string;
  actor: Actor;
}
