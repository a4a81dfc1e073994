import type { requests } from "@sayso/catalogue";
import { publicVia, type ApprovalRecord } from "@sayso/core";
import type { z } from "zod";
import { statuses } from "../statuses.ts";

/** Returns `req_` and the id's hex digits. */
const toRequestId = (id: string): string => `req_${id.replaceAll("-", "")}`;

/** Returns the core's id, from the spelling of this surface or of any other. */
export const fromRequestId = (id: string): string =>
  id.replace(/^req_(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");

/** Renders a request as this surface shows it. An undecided one has nulls in the fields of the decision. */
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
    decided_via: publicVia(record.decidedVia),
    decision_note: noteOf(record),
    inserted_at: record.createdAt.toISOString(),
    expires_at: record.expiresAt?.toISOString() ?? null,
  };
}

/** Returns the note. This surface has no status "cancelled": it shows "expired", and the note says "Cancelled". */
function noteOf({ status, decisionComment }: ApprovalRecord): string | null {
  if (status !== "cancelled") return decisionComment;
  return decisionComment ? `Cancelled: ${decisionComment}` : "Cancelled";
}
