import * as z from "zod";
import { instant, jsonObject, timestamp } from "@sayso/fields";
import { Via } from "../approvals/schemas.ts";

/** `req_` and the 32 hex digits of the id that the other surfaces show. */
const RequestId = z
  .string()
  .regex(/^req_[0-9a-f]{32}$/)
  .meta({ examples: ["req_019aa3f27c1e7d4a9b3f2e5d8c6a1f04"] });

/** A request's id as any surface spells it, so that a caller who has one form needn't convert it. */
export const AnyRequestId = z
  .string()
  .regex(/^(req_[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/)
  .meta({ examples: ["req_019aa3f27c1e7d4a9b3f2e5d8c6a1f04"] });

const RequestStatus = z
  .enum(["pending", "approved", "rejected", "expired"])
  .meta({ id: "RequestStatus" });

/** A request as this surface shows it. */
export const Request = z
  .object({
    id: RequestId,
    status: RequestStatus,
    title: z.string(),
    description: z.string().nullable(),
    external_id: z.string().nullable(),
    payload: jsonObject,
    decided_at: timestamp.nullable(),
    decided_by_id: z.uuid().nullable().describe("The person who decided; null: nobody did"),
    decided_via: Via.nullable().describe("The credential that decided"),
    decision_note: z.string().nullable(),
    inserted_at: timestamp,
    expires_at: timestamp.nullable(),
  })
  .meta({
    id: "Request",
    examples: [
      {
        id: "req_019aa3f27c1e7d4a9b3f2e5d8c6a1f04",
        status: "approved",
        title: "Refund order 4711",
        description: null,
        external_id: "order-4711",
        payload: { amount: 120 },
        decided_at: "2026-01-18T12:05:00.000Z",
        decided_by_id: "019aa3f2-7c1e-7d4a-9b3f-2e5d8c6a1f05",
        decided_via: { kind: "session", id: null, name: null },
        decision_note: "Looks good to me",
        inserted_at: "2026-01-18T12:00:00.000Z",
        expires_at: null,
      },
    ],
  });

const shortText = (max: number) =>
  z.string({ error: "is invalid" }).max(max, `should be at most ${max} character(s)`);

const isJsonObject = (value: unknown): boolean =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const payload = z
  .custom<Record<string, unknown>>(isJsonObject, {
    error: ({ input }) =>
      input === undefined || input === null ? "can't be blank" : "must be a JSON object",
  })
  .meta({ type: "object" });

export const CreateRequestBody = z
  .object({
    title: shortText(500).nullish().describe("Short summary, shown in the dashboard"),
    description: shortText(5000).nullish().describe("Longer explanation"),
    external_id: shortText(500)
      .nullish()
      .describe("Your own reference, by which the request can be looked up"),
    payload: payload.describe("Any JSON data you need to include"),
    expires_at: instant.nullish().describe("The time at which this request expires"),
    idempotency_key: shortText(255)
      .trim()
      .min(1, "can't be blank")
      .nullish()
      .describe("The same key and body return the first request again"),
  })
  .meta({ id: "CreateRequestBody" });
