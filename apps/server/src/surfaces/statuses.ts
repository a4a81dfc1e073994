import type { RequestStatus } from "@sayso/core";

/**
 * What each surface calls the status of one and the same request (docs/guides/surfaces.md). Approvals has the words of
 * the core.
 */
export const statuses = {
  requests: {
    pending: "pending",
    approved: "approved",
    rejected: "rejected",
    cancelled: "expired",
    expired: "expired",
  },
  runs: {
    pending: "pending",
    approved: "approved",
    rejected: "denied",
    cancelled: "denied",
    expired: "denied",
  },
  changes: {
    pending: "pending",
    approved: "approved",
    rejected: "rejected",
    cancelled: "rejected",
    expired: "rejected",
  },
} as const satisfies Record<string, Record<RequestStatus, string>>;
