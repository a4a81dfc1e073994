import * as z from "zod";
import { defineOperation } from "../../operation.ts";
import { id, teamName } from "@sayso/fields";
import { Deleted, Team } from "../approvals/administration.ts";

const byId = z.object({ id: id.describe("The team") });

const renameTeam = defineOperation({
  key: "team.rename",
  http: { method: "PATCH", path: "/api/v1/teams/{id}" },
  scope: "approvals:write",
  adminOnly: true,
  label: "Rename Team",
  description: "Rename a team",
  input: {
    params: byId,
    body: z.object({ name: teamName.describe("Unique within the organization") }),
  },
  responses: { 200: Team },
  errors: ["validation_failed", "forbidden", "not_found", "conflict", "rate_limited"],
  example: { body: { name: "Site Reliability" } },
});

const deleteTeam = defineOperation({
  key: "team.delete",
  http: { method: "DELETE", path: "/api/v1/teams/{id}" },
  scope: "approvals:write",
  adminOnly: true,
  label: "Delete Team",
  description:
    "Delete a team; its members stay. Refused while a pending request, a template or a flow asks it",
  input: { params: byId },
  responses: { 200: Deleted },
  errors: ["forbidden", "not_found", "conflict", "rate_limited"],
});

/** The operations of this file, in the order of the documents. */
export const teamPageOperations = {
  renameTeam,
  deleteTeam,
};
