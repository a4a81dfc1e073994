import * as z from "zod";
import { priorities } from "@sayso/fields";

/** The possible values of a request's fields. */
export const statuses = ["pending", "approved", "rejected", "cancelled", "expired"] as const;
const roles = ["owner", "admin", "member"] as const;

export const Priority = z.enum(priorities).meta({ id: "Priority" });
export const Status = z.enum(statuses).meta({ id: "Status" });
export const Decision = z.enum(["approve", "reject"]).meta({ id: "Decision" });
/** The reason why a request ended, because `status` alone doesn't distinguish a stop from a cancellation. */
export const DecisionReason = z
  .enum(["vote", "auto_action", "expired", "cancelled", "emergency_stop"])
  .meta({ id: "DecisionReason" });
export const Role = z.enum(roles).meta({ id: "Role" });
