import type { Pool } from "pg";
import { withRetries } from "../transactions/database-errors.ts";

/** The facts about an organization that creating a request needs. */
export interface OrganizationFacts {
  /** The number of people who may approve. */
  approverCount: number;
}

export type ReadOrganizationFacts = (organizationId: string) => Promise<OrganizationFacts>;

export interface FactReader {
  organizationFacts: ReadOrganizationFacts;
}

const MAX_AGE_MS = 1000;

/** Reads the facts, at most once a second per organization. They are only for warnings; no guarantee rests on them. */
export function createOrganizationFacts(system: Pool): ReadOrganizationFacts {
  const cache = new Map<string, { readAt: number; facts: Promise<OrganizationFacts> }>();
  return (organizationId) => {
    const cached = cache.get(organizationId);
    if (cached && performance.now() - cached.readAt < MAX_AGE_MS) return cached.facts;
    const facts = read(system, organizationId);
    facts.catch(() => cache.delete(organizationId));
    if (cache.size > 10_000) cache.clear();
    cache.set(organizationId, { readAt: performance.now(), facts });
    return facts;
  };
}

async function read(system: Pool, organizationId: string): Promise<OrganizationFacts> {
  const { rows } = await withRetries(() =>
    system.query<{ count: number }>({
      name: "count_approvers",
      text: `select count(*) as count from memberships m join people p on p.id = m.person_id
             where m.organization_id = $1 and m.can_approve and p.disabled_at is null`,
      values: [organizationId],
    }),
  );
  return { approverCount: rows[0]?.count ?? 0 };
}
