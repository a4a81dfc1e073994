import { z } from "zod";
import type { FieldHint } from "../../operation.ts";
import { filledText, id, instant, jsonObject, text, timestamp, webAddress } from "../../text.ts";
import { hints } from "./hints.ts";
import { Decision, Priority } from "./values.ts";

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

const nullableText = z.string().nullable();

/** A field of a request that its asker fills. */
interface RequestField {
  /** The input of a new request. */
  asked: z.ZodType;
  /** The field in answers. Absent: no answer shows it. */
  shown?: z.ZodType;
  /** The value in examples of answers. */
  example?: unknown;
  /** Says how forms show the input. */
  hint?: FieldHint;
}

/** The fields of a request that its asker fills, each declared once. */
const requestFields = {
  title: {
    asked: filledText(500)
      .optional()
      .describe(
        "Short description of what needs approval. Required, unless a template fills it in",
      ),
    shown: z.string(),
    example: "Deploy v2.4.0 to production",
  },
  description: {
    asked: text(5000)
      .optional()
      .describe(
        "Detailed context for the approver. Required, unless a template or the connection fills it in",
      ),
    shown: z.string(),
    example: "Release includes a database migration",
    hint: { multiline: true },
  },
  priority: {
    asked: Priority.optional().describe(
      "Required, unless a template or the connection fills it in",
    ),
    shown: Priority,
    example: "high",
  },
  callback_url: {
    asked: webAddress.optional().describe("Where to POST the decision"),
    shown: nullableText.describe(
      "Complete for the asker and admins; others see only its scheme, host and port",
    ),
    example: "https://n8n.example.com/webhook-waiting/42",
    hint: { label: "Callback URL", advanced: true },
  },
  callback_headers: {
    asked: CallbackHeaders.optional().describe(
      "Headers that the callback carries; stored encrypted, never shown again",
    ),
    hint: { advanced: true },
  },
  action_type: {
    asked: filledText(200)
      .optional()
      .describe('Your label for filtering and routing, such as "deploy.production"'),
    shown: nullableText,
    example: "deploy.production",
    hint: hints.actionType,
  },
  metadata: {
    asked: jsonObject
      .optional()
      .describe("A JSON object that approvers see and the callback returns"),
    shown: jsonObject.nullable(),
    example: { version: "2.4.0" },
    hint: { advanced: true },
  },
  expires_at: {
    asked: instant.optional().describe("The request expires if nobody decides by then"),
    shown: timestamp.nullable(),
    example: "2026-03-26T10:00:00.000Z",
  },
  required_approvals: {
    asked: z.int().min(1).max(10).optional().describe("How many people must approve; default 1"),
    shown: z.int(),
    example: 1,
  },
  is_sequential: {
    asked: z
      .boolean()
      .optional()
      .describe("Whether approvers must approve in order; default false"),
    shown: z.boolean(),
    example: false,
    hint: { label: "Approve in Order", advanced: true },
  },
  source: {
    asked: text(200).optional().describe("Name of the integration, for filtering"),
    shown: nullableText,
    example: "n8n",
    hint: { advanced: true },
  },
  source_id: {
    asked: text(500).optional().describe("Your id of the workflow, run or agent"),
    shown: nullableText,
    example: "workflow-42",
    hint: { advanced: true },
  },
  source_name: {
    asked: text(500).optional().describe("The name of the workflow, run or agent"),
    shown: nullableText,
    example: "Release",
    hint: { advanced: true },
  },
  source_url: {
    asked: webAddress.optional().describe("A link to the workflow, run or agent, for approvers"),
    shown: nullableText,
    example: "https://n8n.example.com/workflow/42",
    hint: { advanced: true },
  },
  context_html: {
    asked: contextHtml
      .optional()
      .describe(
        "Rich context for approvers, sanitised: images only as data: addresses, links only to http(s) and mailto",
      ),
    shown: nullableText.optional(),
    hint: { label: "Context (HTML)", multiline: true, advanced: true },
  },
  assigned_approvers: {
    asked: z
      .array(id)
      .min(1)
      .max(10)
      .refine((ids) => new Set(ids).size === ids.length, "must not name the same person twice")
      .optional()
      .describe("The people who may decide"),
    shown: z.array(id).nullable(),
    hint: { ...hints.approver, label: "Approvers" },
  },
  assigned_team_id: {
    asked: id.optional().describe("The team that may decide"),
    shown: id.nullable(),
    example: null,
    hint: hints.team,
  },
  auto_action: {
    asked: Decision.optional().describe("The decision that Sayso makes if nobody decides in time"),
    shown: Decision.nullable(),
    example: null,
    hint: { label: "Automatic Action", advanced: true },
  },
  auto_action_after_minutes: {
    asked: z
      .int()
      .min(1)
      .max(43_200)
      .optional()
      .describe("Minutes until the automatic action; required with auto_action"),
    hint: { label: "Automatic Action After (Minutes)", advanced: true },
  },
  require_rejection_reason: {
    asked: z.boolean().optional().describe("Whether a rejection needs a comment; default false"),
    shown: z.boolean(),
    example: false,
    hint: { advanced: true },
  },
  is_log: {
    asked: z
      .boolean()
      .optional()
      .describe("Whether this is only a log entry, which asks nobody; default false"),
    shown: z.boolean(),
    example: false,
    hint: { label: "Only Log", advanced: true },
  },
  template_id: {
    asked: id.optional().describe("The template that fills in fields that the request leaves out"),
    shown: id.nullable(),
    example: null,
    hint: hints.template,
  },
  idempotency_key: {
    asked: filledText(255)
      .optional()
      .describe("The same key and body return the first request again"),
    shown: nullableText,
    example: "deploy-v2.4.0",
    hint: { advanced: true },
  },
} satisfies Record<string, RequestField>;

type RequestFields = typeof requestFields;

/** Takes one entry of each field that has it. */
const take = (entry: keyof RequestField): object =>
  Object.fromEntries(
    Object.entries<RequestField>(requestFields).flatMap(([name, field]) =>
      entry in field ? [[name, field[entry]]] : [],
    ),
  );

type Taken<Entry extends keyof RequestField> = {
  [
    Name in keyof RequestFields as RequestFields[Name] extends Record<Entry, unknown> ? Name : never
  ]: RequestFields[Name] extends Record<Entry, infer Value> ? Value : never;
};

/** The schemas of the fields in a new request. */
export const askedFields = take("asked") as Taken<"asked">;

/** The schemas of the fields in answers. */
export const shownFields = take("shown") as Taken<"shown">;

/** The fields in examples of answers. */
export const exampleFields = take("example") as Taken<"example">;

/** The hints for forms. */
export const fieldHints = take("hint") as Taken<"hint">;
