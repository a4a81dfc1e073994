import type { Queryable } from "../queryable.ts";
import type { Actor } from "./actor.ts";
import type { PublicAddress } from "../capabilities.ts";
import { DomainError } from "../errors.ts";

/** The time in which a password or a passkey proves that it is still the same person. */
export const RECENT_MINUTES = 15;

/** Whether a proof of identity at this time still counts as recent. */
export const isRecent = (provenAt: Date): boolean =>
  Date.now() - provenAt.getTime() < RECENT_MINUTES * 60_000;

/** The way in which a person agreed. `command_line`: somebody who runs the server, acting as that person. */
export type AgreedVia = "session" | "command_line";

/**
 * Lets through only a signed-in person whose session was proven with their password or passkey in the last 15 minutes,
 * by the database's clock, or a person who acts through the server's command line. Every verb that gives a machine, a
 * token or an app a vote in somebody's name calls this.
 *
 * Locks the person's row until the transaction ends. A new password, a disabling or a removal therefore comes either
 * before and is seen here, or after and finds what this transaction wrote.
 *
 * @param deed completes "Only a signed-in person may …"
 * @throws DomainError `forbidden`. Where the proof is too old, `details.reason` is `confirm_identity` and `details.url`
 *   is the page that renews it
 */
export async function requireRecentProof(
  db: Queryable,
  { actor, services }: { actor: Actor; services: PublicAddress },
  deed: string,
): Promise<AgreedVia> {
  if (actor.kind === "person" && actor.via === "command_line") return "command_line";
  if (actor.kind !== "person" || actor.via !== "session" || actor.sessionId === undefined)
    throw new DomainError("forbidden", `Only a signed-in person may ${deed}`, {
      details: { reason: "session_required" },
    });
  await db.query("select from people where id = $1 for share", [actor.personId]);
  const { rowCount } = await db.query(
    `select from sessions where id = $1 and person_id = $2 and expires_at > now()
       and proven_at > now() - make_interval(mins => ${RECENT_MINUTES})`,
    [actor.sessionId, actor.personId],
  );
  if (rowCount === 0)
    throw new DomainError(
      "forbidden",
      `To ${deed}, first confirm with your password or passkey that it is you`,
      { details: { reason: "confirm_identity", url: `${services.publicUrl}/account/confirm` } },
    );
  return "session";
}
