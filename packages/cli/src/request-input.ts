import { InexactNumberError, isObject, parseExactJson } from "@sayso/exact-json";
import { InvalidArgumentError, Option, type Command } from "commander";

/** The parts of a request, as options. */
export interface RequestOptions {
  description?: string;
  priority: string;
  actionType?: string;
  callbackUrl?: string;
  metadata?: Record<string, unknown>;
  required?: number;
  expiresIn?: number;
  idempotencyKey?: string;
}

export function addRequestOptions(verb: Command): Command {
  return verb
    .option("-d, --description <text>", "the description that approvers read")
    .addOption(
      new Option("-p, --priority <priority>")
        .choices(["low", "medium", "high", "critical"])
        .default("medium"),
    )
    .option("--action-type <type>", 'the action type, for example "deploy.production"')
    .option("--callback-url <url>", "the URL that receives the decision")
    .option(
      "--metadata <json>",
      "a JSON object that approvers see and the callback returns",
      parseObject,
    )
    .option("--required <count>", "the number of required approvals (1 to 10)", parseCount)
    .option("--expires-in <minutes>", "the minutes until the request expires", parseCount)
    .option(
      "--idempotency-key <key>",
      "a key that creates one request only, however often it is sent; default: a new key for each call",
    );
}

/** The part of the body of POST /approvals that people see. */
export interface RequestBody extends Record<string, unknown> {
  title: string;
  description: string;
  metadata: Record<string, unknown> | undefined;
}

/** Makes the body of POST /approvals. */
export function toRequestBody(
  title: string,
  options: RequestOptions,
  idempotencyKey: string,
): RequestBody {
  const { expiresIn } = options;
  return {
    title,
    description: options.description ?? title,
    priority: options.priority,
    action_type: options.actionType,
    callback_url: options.callbackUrl,
    metadata: options.metadata,
    required_approvals: options.required,
    expires_at:
      expiresIn === undefined ? undefined : new Date(Date.now() + expiresIn * 60_000).toISOString(),
    source: "sayso command line",
    idempotency_key: idempotencyKey,
  };
}

function parseCount(value: string): number {
  if (/^[1-9]\d{0,6}$/.test(value)) return Number(value);
  throw new InvalidArgumentError("The value must be a whole number of at least 1.");
}

function parseObject(value: string): Record<string, unknown> {
  try {
    const parsed = parseExactJson(value);
    if (isObject(parsed)) return parsed;
  } catch (error) {
    if (error instanceof InexactNumberError) throw new InvalidArgumentError(`${error.message}.`);
    // Every other error is reported below.
  }
  throw new InvalidArgumentError("The value must be a JSON object.");
}
