import { listApprovals, type ApprovalFilter, type ApprovalPage } from "../approvals/list.ts";
import type { Context } from "../context.ts";
import type { InOrganization } from "../capabilities.ts";
import { DomainError } from "../errors.ts";

/**
 * One page of what the calling person asked for, newest first, with the exact number: by themselves, through an app,
 * or through a connection that they answer for.
 *
 * @param page from 1
 * @param pageSize 1–100
 * @throws DomainError `forbidden`: a machine; it lists by its own `source_id`
 */
export async function listAsked(
  context: Context<InOrganization>,
  filter: Omit<ApprovalFilter, "askedBy">,
  page: number,
  pageSize: number,
): Promise<ApprovalPage> {
  const { actor } = context;
  if (actor.kind !== "person")
    throw new DomainError(
      "forbidden",
      "This is about a person; a connection's key stands for none",
    );
  return listApprovals(context, { ...filter, askedBy: actor.personId }, page, pageSize);
}
