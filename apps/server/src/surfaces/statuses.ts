import type { RequestStatus } from "@sayso/core";

/** Each surface's name of a request's status (docs/guides/surfaces.md). Approvals uses the words of the core. */
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
