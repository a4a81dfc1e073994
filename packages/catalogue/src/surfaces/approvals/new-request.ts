import * as z from "zod";
import { askedFields } from "./request-fields.ts";

/** The fields whose place explicit steps take. */
const placesOfSteps = ["assigned_approvers", "assigned_team_id", "required_approvals"] as const;

export const CreateApprovalBody = z
  .object(askedFields)
  .refine(
    (body) => (body.auto_action === undefined) === (body.auto_action_after_minutes === undefined),
    {
      error: "must be given with auto_action, and only with it",
      path: ["auto_action_after_minutes"],
    },
  )
  .refine(
    (body) => body.steps === undefined || placesOfSteps.every((field) => body[field] === undefined),
    {
      error: `take the place of ${placesOfSteps.join(", ")}: leave these out, or give them in a step`,
      path: ["steps"],
    },
  )
  .meta({ id: "CreateApprovalBody" });
