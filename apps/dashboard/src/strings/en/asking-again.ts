type Decision = "approve" | "reject";

/** The questions about critical and high requests. */
export const graveAsk = {
  critical: {
    approve: "Approve this critical request?",
    reject: "Reject this critical request?",
  },
  high: {
    approve: "Approve this high-priority request?",
    reject: "Reject this high-priority request?",
  },
} satisfies Record<"critical" | "high", Record<Decision, string>>;

/** The warnings before the approval of such a request. */
export const graveHint = {
  critical:
    "Critical: the asker goes ahead once this is approved. Check what will happen before you confirm.",
  high: "High priority: the asker goes ahead once this is approved. Check what will happen before you confirm.",
};
