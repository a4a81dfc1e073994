import { listApprovals, type ApprovalFilter, type ApprovalPage } from "../approvals/list.ts";
import type { Context } from "../context.ts";
import type { InOrganization } from "../capabilities.ts";
import { DomainError } from "../errors.ts";

/**
 * Lists one page of the requests of the calling person, newest first, with the exact number of all. They made them by
 * themselves, through an app, or through a connection that they answer for.
 *
 * @param page from 1
 * @param pageSize 1–100
 * @throws DomainError `forbidden`: the caller is a connection, which lists requests by its own `source_id` instead
 */
export async function listAsked(
  context: Context<InOrganization>,
  filter: Omit<ApprovalFilter, "askedBy">,
  page: number,
  pageSize: number,
): Promise<ApprovalPage> {
  const { actor } = context;
  if (actor.kind !== "person")
    throw new DomainError("forbidden", "This call is for people: a connection's key can't make it");
  return listApprovals(context, { ...filter, askedBy: actor.personId }, page, pageSize);
}
