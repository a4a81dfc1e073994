import type { Role } from "../actors/actor.ts";

/** A step as the asker wants it: with named people, a team or a role. None given: everybody who may approve. */
export interface NewStep {
  order: number;
  name?: string;
  assignedUserIds?: string[];
  assignedTeamId?: string;
  assignedRole?: Role;
  /** The quorum. Default: 1. */
  requiredApprovals?: number;
  /** Says that each of the named people must approve, and nobody in their place. Default: false. */
  needsEach?: boolean;
}
