import * as z from "zod";
import { id, text, wholeNumber } from "@sayso/fields";
import { Role } from "./values.ts";

/** The two forms of a step: one approver, or a name with several people, a team or a role and a quorum. */
const NewStep = z
  .object({
    step_order: wholeNumber(1, 100)
      .optional()
      .describe("Default: the place in the list. Steps of the same order run at once"),
    approver_id: id.optional().describe("The one person who may vote on it"),
    name: text(200).optional().describe("What people call the step"),
    assigned_user_ids: z.array(id).min(1).max(50).optional().describe("The people who may vote"),
    assigned_team_id: id.optional().describe("The team that may vote"),
    assigned_role: Role.optional().describe("People with this role, or one above it, may vote"),
    required_approvals: wholeNumber(1, 10).optional().describe("Default 1"),
  })
  .refine((step) => step.approver_id === undefined || step.assigned_user_ids === undefined, {
    error: "excludes assigned_user_ids: give one of them",
    path: ["approver_id"],
  });

/** The steps of a request. */
export const newSteps = z.array(NewStep).min(1).max(20);
