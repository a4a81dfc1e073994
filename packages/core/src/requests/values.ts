export const requestStatuses = ["pending", "approved", "rejected", "cancelled", "expired"] as const;
export type RequestStatus = (typeof requestStatuses)[number];

export type Decision = "approve" | "reject";

/** The grounds on which a request ended. The same status can have several. */
export type DecisionReason = "vote" | "auto_action" | "expired" | "cancelled" | "emergency_stop";
