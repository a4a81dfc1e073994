import type { Context } from "../context.ts";
import type { SystemPool } from "../capabilities.ts";
import { withRetries } from "../transactions/database-errors.ts";
import { requireSignedIn } from "../actors/require-signed-in.ts";

/** A device on which a person is signed in. */
export interface SessionSummary {
  id: string;
  organizationName: string;
  /** The browser's name for itself, at most 500 characters; null when it gave none. */
  userAgent: string | null;
  /** The network address from which they signed in. */
  address: string | null;
  createdAt: Date;
  /** Written at most once a minute. */
  lastSeenAt: Date;
}

/**
 * Returns the calling person's sessions that have not expired, in all organizations, the one used last first.
 *
 * @throws DomainError `forbidden` (a machine, a token, an app)
 */
export async function listSessions(context: Context<SystemPool>): Promise<SessionSummary[]> {
  const { personId } = requireSignedIn(context.actor, "list their sessions");
  const { rows } = await withRetries(() =>
    context.services.system.query<SessionSummary>(
      `select s.id, o.name as "organizationName", s.user_agent as "userAgent", s.address,
              s.created_at as "createdAt", s.last_seen_at as "lastSeenAt"
       from sessions s
       join organizations o on o.id = s.organization_id
       join memberships m on m.organization_id = s.organization_id and m.person_id = s.person_id
       where s.person_id = $1 and s.expires_at > now() order by s.last_seen_at desc, s.id desc`,
      [personId],
    ),
  );
  return rows;
}
