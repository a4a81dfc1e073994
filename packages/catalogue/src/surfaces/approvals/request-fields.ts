import * as z from "zod";
import type { FieldHint } from "../../operation.ts";
import {
  filledText,
  id,
  instant,
  jsonObject,
  text,
  timestamp,
  webAddress,
  wholeNumber,
} from "@sayso/fields";
import { hints } from "./hints.ts";
import { newSteps } from "./new-step.ts";
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
  .refine((headers) => Object.keys(headers).length <= 20, "must have at most 20 headers");

/** The HTML of a request's rich context. */
export const contextHtml = text(50_000);

const nullableText = z.string().nullable();

/** A field of a request that its asker fills. */
interface RequestField {
  /** The input of a new request. */
  asked: z.ZodOptional;
  /** The field in answers. Absent: no answer shows it. */
  shown?: z.ZodType;
  /** The value in examples of answers. */
  example?: unknown;
  /** Says how forms show the input. */
  hint?: FieldHint;
  /** True: a template can hold a value for it. */
  inTemplates?: true;
}

/** The fields of a request that its asker fills, each declared once. */
const requestFields = {
  title: {
    inTemplates: true,
    asked: filledText(500)
      .optional()
      .describe(
        "Short description of what needs approval. Required, unless a template fills it in",
      ),
    shown: z.string(),
    example: "Deploy v2.4.0 to production",
  },
  description: {
    inTemplates: true,
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
    inTemplates: true,
    asked: Priority.optional().describe(
      "Required, unless a template or the connection fills it in",
    ),
    shown: Priority,
    example: "high",
  },
  callback_url: {
    asked: webAddress.optional().describe("The URL that receives the decision"),
    shown: nullableText.describe(
      "The full URL for the asker and admins; other people see only its scheme, host and port",
    ),
    example: "https://n8n.example.com/webhook-waiting/42",
    hint: { label: "Callback URL", advanced: true },
  },
  callback_headers: {
    asked: CallbackHeaders.optional().describe(
      "Headers of the callback; stored encrypted, never shown again",
    ),
    hint: { advanced: true },
  },
  action_type: {
    inTemplates: true,
    asked: filledText(200)
      .optional()
      .describe('A label for filtering and routing, such as "deploy.production"'),
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
    inTemplates: true,
    asked: wholeNumber(1, 10).optional().describe("How many people must approve; default 1"),
    shown: z.int(),
    example: 1,
  },
  is_sequential: {
    inTemplates: true,
    asked: z
      .boolean()
      .optional()
      .describe(
        "Whether approvers must approve in order; default: true for steps, false for assigned_approvers",
      ),
    shown: z.boolean(),
    example: false,
    hint: { label: "Approve in Order", advanced: true },
  },
  source: {
    asked: text(200).min(1).optional().describe("Name of the integration, for filtering"),
    shown: nullableText,
    example: "n8n",
    hint: { advanced: true },
  },
  source_id: {
    asked: text(500).min(1).optional().describe("Your id of the workflow, run or agent"),
    shown: nullableText,
    example: "workflow-42",
    hint: { advanced: true },
  },
  source_name: {
    asked: text(500).min(1).optional().describe("The name of the workflow, run or agent"),
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
      .min(1)
      .optional()
      .describe(
        "Rich context for approvers, sanitised: images only as data: addresses, links only to http(s) and mailto",
      ),
    shown: nullableText.optional(),
    hint: { label: "Context (HTML)", multiline: true, advanced: true },
  },
  assigned_approvers: {
    inTemplates: true,
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
    inTemplates: true,
    asked: id.optional().describe("The team that may decide"),
    shown: id.nullable(),
    example: null,
    hint: hints.team,
  },
  steps: {
    asked: newSteps
      .optional()
      .describe(
        "The steps, as in Set Steps: in order, unless is_sequential is false. They replace assigned_approvers, assigned_team_id and required_approvals",
      ),
    hint: { advanced: true },
  },
  auto_action: {
    inTemplates: true,
    asked: Decision.optional().describe("The automatic decision if nobody decides in time"),
    shown: Decision.nullable(),
    example: null,
    hint: { label: "Automatic Action", advanced: true },
  },
  auto_action_after_minutes: {
    inTemplates: true,
    asked: wholeNumber(1, 43_200)
      .optional()
      .describe("The minutes until the automatic action; required with auto_action"),
    hint: { label: "Automatic Action After (Minutes)", advanced: true },
  },
  require_rejection_reason: {
    inTemplates: true,
    asked: z.boolean().optional().describe("Whether a rejection needs a comment; default false"),
    shown: z.boolean(),
    example: false,
    hint: { advanced: true },
  },
  is_log: {
    asked: z
      .boolean()
      .optional()
      .describe("Whether this is only a log entry, which nobody decides; default false"),
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

type Taken<Entry extends keyof RequestField> = {
  [
    Name in keyof RequestFields as RequestFields[Name] extends Record<Entry, unknown> ? Name : never
  ]: RequestFields[Name] extends Record<Entry, infer Value> ? Value : never;
};

/** Takes one entry of each field that has it, under the field's name. */
function take<Entry extends keyof RequestField>(entry: Entry): Taken<Entry> {
  const taken: object = Object.fromEntries(
    Object.entries<RequestField>(requestFields).flatMap(([name, field]) =>
      entry in field ? [[name, field[entry]]] : [],
    ),
  );
  return taken as Taken<Entry>;
}

/** The schemas of the fields in a new request. */
export const askedFields = take("asked");

type TemplateFields = {
  [
    Name in keyof RequestFields as RequestFields[Name] extends { inTemplates: true } ? Name : never
  ]: z.ZodOptional<ReturnType<RequestFields[Name]["asked"]["unwrap"]>>;
};

/** Takes the schema of each field that templates can hold, without its description: that stays with the request. */
function takeForTemplates(): TemplateFields {
  const taken: object = Object.fromEntries(
    Object.entries<RequestField>(requestFields).flatMap(([name, { asked, inTemplates }]) =>
      inTemplates ? [[name, z.optional(asked.unwrap())]] : [],
    ),
  );
  return taken as TemplateFields;
}

/** The schemas of the fields of which a template can hold a value. */
export const templateFields = takeForTemplates();

/** The schemas of the fields in answers. */
export const shownFields = take("shown");

/** The fields in examples of answers. */
export const exampleFields = take("example");

/** The hints for forms. */
export const fieldHints = take("hint");
