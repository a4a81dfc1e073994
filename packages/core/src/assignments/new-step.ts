import type { Role } from "../actors/actor.ts";

/** A step as asked for: by named people, a team, a role, or (none given) anybody who may approve. */
export interface NewStep {
  order: number;
  name?: string;
  assignedUserIds?: string[];
  assignedTeamId?: string;
  assignedRole?: Role;
  /** Default 1. */
  requiredApprovals?: number;
  /** Each of the named people has to approve, and nobody in their place; default false. */
  needsEach?: boolean;
}
