import { z } from "zod";
import { filledText, id, instant, jsonObject, text, webAddress } from "../../text.ts";
import { Decision, Priority } from "./schemas.ts";

/** The headers that a callback must not carry: they frame the message or are Sayso's own. */
const reservedHeader =
  /^(host|content-length|content-type|transfer-encoding|connection|keep-alive|upgrade|te|trailer|expect|proxy-.*|webhook-.*|x-okrunit-signature)$/i;

const CallbackHeaders = z
  .record(
    z
      .string()
      .max(256)
      .regex(/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/, "must be a valid header name")
      .refine((name) => !reservedHeader.test(name), "is a header that Sayso sets itself"),
    z
      .string()
      .max(4096)
      .regex(/^[\t\x20-\x7e\x80-\xff]*$/, "must be one line of printable characters"),
  )
  .refine((headers) => Object.keys(headers).length <= 20, "may hold at most 20 headers");

/** The HTML of a request's rich context. */
export const contextHtml = text(50_000);

export const CreateApprovalBody = z
  .object({
    title: filledText(500)
      .optional()
      .describe(
        "Short description of what needs approval. Required, unless a template fills it in",
      ),
    description: text(5000)
      .optional()
      .describe(
        "Detailed context for the approver. Required, unless a template or the connection fills it in",
      ),
    priority: Priority.optional().describe(
      "Required, unless a template or the connection fills it in",
    ),
    callback_url: webAddress.optional().describe("Where to POST the decision"),
    callback_headers: CallbackHeaders.optional().describe(
      "Headers that the callback carries; stored encrypted, never shown again",
    ),
    action_type: filledText(200)
      .optional()
      .describe('Your label for filtering and routing, such as "deploy.production"'),
    metadata: jsonObject
      .optional()
      .describe("Any JSON object; approvers see it, the callback returns it"),
    expires_at: instant.optional().describe("The request expires if nobody has decided by then"),
    required_approvals: z
      .int()
      .min(1)
      .max(10)
      .optional()
      .describe("How many people must approve; default 1"),
    is_sequential: z
      .boolean()
      .optional()
      .describe("Whether approvers must approve in order; default false"),
    source: text(200).optional().describe("Name of the integration, for filtering"),
    source_id: text(500).optional().describe("Your id of the workflow, run or agent that asks"),
    source_name: text(500).optional().describe("What people call the workflow, run or agent"),
    source_url: webAddress.optional().describe("Where approvers can look at what asks"),
    context_html: contextHtml
      .optional()
      .describe(
        "Rich context for approvers, sanitised: images only as data: addresses, links only to http(s) and mailto",
      ),
    assigned_approvers: z
      .array(id)
      .min(1)
      .max(10)
      .refine((ids) => new Set(ids).size === ids.length, "must not name the same person twice")
      .optional()
      .describe("The people who may decide"),
    assigned_team_id: id.optional().describe("The team that may decide"),
    auto_action: Decision.optional().describe("What happens by itself when nobody decides"),
    auto_action_after_minutes: z
      .int()
      .min(1)
      .max(43_200)
      .optional()
      .describe("Minutes until the automatic action; goes with it"),
    require_rejection_reason: z
      .boolean()
      .optional()
      .describe("Whether whoever rejects has to say why; default false"),
    is_log: z
      .boolean()
      .optional()
      .describe("Whether this only tells what happened and asks nothing; default false"),
    template_id: id.optional().describe("Fills in what the request leaves out"),
    idempotency_key: filledText(255)
      .optional()
      .describe("The same key and body give the first request again, never a second one"),
  })
  .refine(
    (body) => (body.auto_action === undefined) === (body.auto_action_after_minutes === undefined),
    {
      error: "auto_action and auto_action_after_minutes belong together",
      path: ["auto_action_after_minutes"],
    },
  )
  .meta({ id: "CreateApprovalBody" });
