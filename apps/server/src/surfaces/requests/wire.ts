import type { requests } from "@sayso/catalogue";
import { tellVia, type ApprovalRecord } from "@sayso/core";
import type { z } from "zod";
import { statuses } from "../statuses.ts";

/** `req_` and the id's hex digits. */
const toRequestId = (id: string): string => `req_${id.replaceAll("-", "")}`;

/** The id of the core, from this surface's or any other's spelling. */
export const fromRequestId = (id: string): string =>
  id.replace(/^req_(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");

/** A request as this surface shows it; an undecided one has nulls where the decision will stand. */
export function toRequest(record: ApprovalRecord): z.input<typeof requests.Request> {
  return {
    id: toRequestId(record.id),
    status: statuses.requests[record.status],
    title: record.title,
    description: record.description === "" ? null : record.description,
    external_id: record.externalId,
    payload: record.metadata ?? {},
    decided_at: record.decidedAt?.toISOString() ?? null,
    decided_by_id: record.decidedBy,
    decided_via: tellVia(record.decidedVia),
    decision_note: noteOf(record),
    inserted_at: record.createdAt.toISOString(),
    expires_at: record.expiresAt?.toISOString() ?? null,
  };
}

/** This surface has no word for "cancelled": its status is "expired", and the note tells. */
function noteOf({ status, decisionComment }: ApprovalRecord): string | null {
  if (status !== "cancelled") return decisionComment;
  return decisionComment ? `Cancelled: ${decisionComment}` : "Cancelled";
}
