import type { Actor } from "../actors/actor.ts";
import type { InOrganization } from "../capabilities.ts";
import { withRetries } from "./database-errors.ts";
import { isUuid } from "../ids.ts";
import { runTransaction, type Transaction } from "./transaction.ts";
import { viewerOf } from "../actors/viewer.ts";

/**
 * Runs queries in one transaction that sees only the context's organization (row-level security), and only those of its
 * requests that the actor sees; without an actor, all of them. The transaction commits when `work` returns and rolls
 * back when it throws. Everything off the hot path goes through here.
 *
 * @param work its parameter `seesEvery` is true where the transaction sees every request, so that requests can be
 *   listed and counted without a check of each
 * @param options.oneSnapshot the transaction only reads, and all its queries see the same moment
 * @param options.seesEvery shows every request, whatever the actor: for an operation that was authorised before
 */
export function inOrganization<T>(
  {
    services,
    organizationId,
    actor,
  }: { services: InOrganization; organizationId: string; actor?: Actor },
  work: (db: Transaction, seesEvery: boolean) => Promise<T>,
  options: { oneSnapshot?: boolean; seesEvery?: boolean } = {},
): Promise<T> {
  const viewer = options.seesEvery || !actor ? null : viewerOf(actor);
  if (!isUuid(organizationId)) throw new TypeError("organizationId must be a UUID");
  if (viewer && !isUuid(viewer.id)) throw new TypeError("an actor's id must be a UUID");
  // The ids were checked to be UUIDs, so they can stand in the text.
  const begin = options.oneSnapshot ? "begin isolation level repeatable read read only" : "begin";
  const enter = viewer
    ? `select sees_every from enter_organization('${organizationId}', '${viewer.kind}', '${viewer.id}')`
    : `set local sayso.organization_id = '${organizationId}'`;
  return withRetries(() =>
    runTransaction<T, { sees_every: boolean }>(
      services.app,
      services,
      `${begin}; ${enter}`,
      (db, entered) => work(db, viewer === null || entered?.sees_every === true),
    ),
  );
}
