import * as z from "zod";
import { defineOperation } from "../../operation.ts";
import { id, instant, text, timestamp, viewName, wholeNumber } from "@sayso/fields";
import { listOf } from "../approvals/schemas.ts";
import { Priority, Status } from "../approvals/values.ts";

const ViewQuery = z
  .object({
    list: z
      .enum(["inbox", "all", "decided", "mine"])
      .describe("The inbox, all requests, the decided ones, or the person's own"),
    status: z.array(Status).max(5).optional().describe("Only these statuses"),
    priority: z.array(Priority).max(4).optional().describe("Only these priorities"),
    search: text(500).optional().describe("Words in title and description"),
    action_type: text(200).optional().describe("Only this action type"),
    source: text(200).optional().describe("Only requests of this integration"),
    within_days: wholeNumber(1, 3650).optional().describe("Created within this many days"),
    created_after: instant.optional().describe("Created at this time or later"),
    created_before: instant.optional().describe("Created before this time"),
  })
  .meta({ id: "ViewQuery" });

const View = z
  .object({ id, name: z.string(), query: ViewQuery, created_at: timestamp, updated_at: timestamp })
  .meta({ id: "View" });

const viewById = z.object({ id: id.describe("The view") });
const query = ViewQuery.describe("The list and its filters");
const name = viewName.describe("The name of the view; nobody else sees it");

const listViews = defineOperation({
  key: "view.list",
  http: { method: "GET", path: "/api/v1/views" },
  scope: "approvals:read",
  caller: "person",
  label: "List Views",
  description: "List the caller's saved views, by name",
  input: {},
  responses: { 200: listOf(View) },
  errors: ["forbidden", "rate_limited"],
});

const createView = defineOperation({
  key: "view.create",
  http: { method: "POST", path: "/api/v1/views" },
  scope: "approvals:write",
  caller: "person",
  label: "Create View",
  description: "Save a list with its filters as a view, for the caller alone; at most 50",
  input: { body: z.object({ name, query }) },
  responses: { 201: View },
  errors: ["validation_failed", "forbidden", "conflict", "rate_limited"],
  example: {
    body: { name: "Deployments", query: { list: "all", action_type: "deploy" } },
  },
});

const updateView = defineOperation({
  key: "view.update",
  http: { method: "PATCH", path: "/api/v1/views/{id}" },
  scope: "approvals:write",
  caller: "person",
  label: "Update View",
  description: "Rename a view, or replace all its filters",
  input: {
    params: viewById,
    body: z
      .object({ name: name.optional(), query: query.optional() })
      .refine(
        (body) => body.name !== undefined || body.query !== undefined,
        "must change name or query",
      ),
  },
  responses: { 200: View },
  errors: ["validation_failed", "forbidden", "not_found", "conflict", "rate_limited"],
  example: { body: { name: "Deployments" } },
});

const deleteView = defineOperation({
  key: "view.delete",
  http: { method: "DELETE", path: "/api/v1/views/{id}" },
  scope: "approvals:write",
  caller: "person",
  label: "Delete View",
  description: "Delete a view; its requests stay",
  input: { params: viewById },
  responses: { 200: z.object({ id, deleted: z.literal(true) }) },
  errors: ["forbidden", "not_found", "rate_limited"],
});

/** The operations of this file, in the order of the documents. */
export const viewOperations = {
  listViews,
  createView,
  updateView,
  deleteView,
};
