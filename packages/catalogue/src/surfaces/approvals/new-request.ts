import { z } from "zod";
import { askedFields } from "./request-fields.ts";

export const CreateApprovalBody = z
  .object(askedFields)
  .refine(
    (body) => (body.auto_action === undefined) === (body.auto_action_after_minutes === undefined),
    {
      error: "auto_action and auto_action_after_minutes belong together",
      path: ["auto_action_after_minutes"],
    },
  )
  .meta({ id: "CreateApprovalBody" });
