import type { Transaction } from "../transactions/transaction.ts";
import { isAdmin, personBehind } from "../actors/actor.ts";
import type { Context } from "../context.ts";
import { DomainError, notFound } from "../errors.ts";
import type { FlowStatus } from "./flow.ts";

/**
 * Locks a flow that is about to change. It accepts only the person who owns the flow, a connection that they answer
 * for, and admins, because somebody who can change the reviewers can get past them. A person who left the organization
 * and came back owns only flows made since.
 *
 * @param verb the word for the change in error messages, such as `delete`
 * @throws DomainError `not_found`, `forbidden`, `invalid_state`: the flow is deleted, or is the default flow
 */
export async function lockOwnFlow(
  db: Transaction,
  { organizationId, actor }: Context,
  flowId: string,
  verb: string,
): Promise<void> {
  if (flowId === organizationId)
    throw new DomainError("invalid_state", `This flow is built in: you can't ${verb} it`);
  const { rows } = await db.query<{ ownerId: string | null; status: FlowStatus }>(
    `select status, (select m.person_id from memberships m
       where m.organization_id = f.organization_id and m.person_id = f.owner_id and m.created_at <= f.created_at) as "ownerId"
     from flows f where id = $1 for update`,
    [flowId],
  );
  const [flow] = rows;
  if (!flow) throw notFound("Approval flow");
  const isOwn = flow.ownerId !== null && flow.ownerId === personBehind(actor);
  if (!isOwn && !isAdmin(actor))
    throw new DomainError("forbidden", `Only the flow's owner or an admin may ${verb} it`);
  if (flow.status === "deleted") throw new DomainError("invalid_state", "This flow is deleted");
}
