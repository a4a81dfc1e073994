import type { EventItem } from "./item.ts";
import { refusalCode, type ReadRequest } from "./port.ts";

/** The possible outcomes of a request, in the terms of an automation. */
export const outcomeKinds = [
  "approved",
  "rejected",
  "expired",
  "cancelled",
  "stopped",
  "error",
  "pending",
] as const;
export type OutcomeKind = (typeof outcomeKinds)[number];

/** The consequences of an outcome on each platform. */
export interface OutcomeRule {
  /** True if the automation can go on. Only approved has it. */
  goesOn: boolean;
  /** True if the outcome can't change any more. While it is false, an automation that waits goes on waiting. */
  isFinal: boolean;
  label: string;
  /** For people. {@link describeOutcome} fills in `{title}`, `{who}` and `{why}`. */
  message: string;
  /** Replaces `{who}` where the server names nobody. */
  nobody: string;
  n8n: N8nOutput;
  zapier: "continue" | "halt";
  make: "output" | "error";
}

/**
 * The outputs of n8n's waiting node, by index. "No decision" comes first because n8n itself passes a wait that timed
 * out to output 0.
 */
export const n8nOutputs = ["No decision", "Approved", "Rejected"] as const;
type N8nOutput = 0 | 1 | 2;

/** The one table that decides whether an automation can go on, with the message for each outcome. */
export const outcomes: Record<OutcomeKind, OutcomeRule> = {
  approved: {
    goesOn: true,
    isFinal: true,
    label: "Approved",
    message: "{title} was approved by {who}: {why}",
    nobody: "its automatic action",
    n8n: 1,
    zapier: "continue",
    make: "output",
  },
  rejected: {
    goesOn: false,
    isFinal: true,
    label: "Rejected",
    message: "{title} was rejected by {who}: {why}",
    nobody: "its automatic action",
    n8n: 2,
    zapier: "halt",
    make: "error",
  },
  expired: {
    goesOn: false,
    isFinal: true,
    label: "Expired",
    message: "{title} expired: nobody decided it in time",
    nobody: "nobody",
    n8n: 0,
    zapier: "halt",
    make: "error",
  },
  cancelled: {
    goesOn: false,
    isFinal: true,
    label: "Cancelled",
    message: "{title} was cancelled by {who}: {why}",
    nobody: "whoever asked",
    n8n: 0,
    zapier: "halt",
    make: "error",
  },
  stopped: {
    goesOn: false,
    isFinal: true,
    label: "Stopped",
    message: "{title} was stopped: {who} pulled the emergency stop: {why}",
    nobody: "an admin",
    n8n: 0,
    zapier: "halt",
    make: "error",
  },
  error: {
    goesOn: false,
    isFinal: true,
    label: "Error",
    message: "{title} has no decision that Sayso confirms: {why}",
    nobody: "nobody",
    n8n: 0,
    zapier: "halt",
    make: "error",
  },
  pending: {
    goesOn: false,
    isFinal: false,
    label: "Pending",
    message: "{title} is not decided yet",
    nobody: "nobody",
    n8n: 0,
    zapier: "halt",
    make: "error",
  },
};

const kindByStatus = new Map<unknown, OutcomeKind>([
  ["approved", "approved"],
  ["rejected", "rejected"],
  ["expired", "expired"],
  ["cancelled", "cancelled"],
  ["pending", "pending"],
]);

/**
 * Returns the outcome of a request as the server describes it. An unknown status is an error. So is a log entry, which
 * is stored as approved though nobody was asked. Never pass it a callback's body: `readDecision` asks the server.
 */
export function outcomeOf(
  request: Pick<ReadRequest, "status" | "is_log" | "decision_reason">,
): OutcomeKind {
  if (request.is_log === true) return "error";
  const kind = kindByStatus.get(request.status) ?? "error";
  return kind === "cancelled" && request.decision_reason === "emergency_stop" ? "stopped" : kind;
}

/**
 * Returns the outcome that an event states. Null for an event that ends nothing; an error where it contradicts the
 * request.
 */
export function outcomeOfItem({ type, data, request }: EventItem): OutcomeKind | null {
  const kind = kindByStatus.get(type.startsWith("approval.") ? type.slice("approval.".length) : "");
  if (kind === undefined || kind === "pending") return null;
  if (request && kindByStatus.get(request.status) !== kind) return "error";
  return kind === "cancelled" && data.reason === "emergency_stop" ? "stopped" : kind;
}

/** Returns the outcome of a refused call: `EMERGENCY_STOP` is stopped, everything else an error. */
export const outcomeOfRefusal = (error: unknown): "stopped" | "error" =>
  refusalCode(error) === "EMERGENCY_STOP" ? "stopped" : "error";

/** Describes the outcome in a sentence that names the person and the reason. */
export function describeOutcome(
  kind: OutcomeKind,
  facts: { title?: string | null; who?: string | null; why?: string | null },
): string {
  const { message, nobody } = outcomes[kind];
  const title = trimmed(facts.title);
  const words = {
    title: title ? `“${title}”` : "The request",
    who: trimmed(facts.who) || nobody,
    why: trimmed(facts.why) || "no reason given",
  };
  return message.replace(/\{(title|who|why)\}/g, (_, name: keyof typeof words) => words[name]);
}

/** Returns an empty text for a value that is no text, because the server can be of another version. */
const trimmed = (value: unknown): string => (typeof value === "string" ? value.trim() : "");
