import * as z from "zod";
import { defineOperation } from "../../operation.ts";
import {
  id,
  organizationName,
  teamName,
  templateValues,
  text,
  timestamp,
  wholeNumber,
} from "@sayso/fields";
import { hints } from "./hints.ts";
import { templateFields } from "./request-fields.ts";
import { listOf } from "./schemas.ts";
import { Role } from "./values.ts";

export const Deleted = z.object({ id, deleted: z.literal(true) }).meta({ id: "Deleted" });

const RequestVisibility = z
  .enum(["everyone", "involved"])
  .describe(
    "The people and connections that see a request: all, or only the asker, the approvers, everybody who took part, and admins",
  );

const Organization = z
  .object({
    id,
    name: z.string(),
    four_eyes: z
      .boolean()
      .describe("Whether people can't vote on their own requests and those of their connections"),
    request_visibility: RequestVisibility,
    created_at: timestamp,
  })
  .meta({ id: "Organization" });

const getOrganization = defineOperation({
  key: "organization.get",
  http: { method: "GET", path: "/api/v1/org" },
  scope: "approvals:read",
  label: "Get Organization",
  description: "The organization that the credential belongs to",
  input: {},
  responses: { 200: Organization },
  errors: ["rate_limited"],
});

const updateOrganization = defineOperation({
  key: "organization.update",
  http: { method: "PATCH", path: "/api/v1/org" },
  scope: "approvals:write",
  adminOnly: true,
  label: "Update Organization",
  description: "Change the name, the four-eyes rule or the visibility of requests",
  input: {
    body: z.object({
      name: organizationName.optional().describe("The name of the organization"),
      four_eyes: z
        .boolean()
        .optional()
        .describe("Whether people can't vote on their own requests and those of their connections"),
      request_visibility: RequestVisibility.optional(),
    }),
  },
  responses: { 200: Organization },
  errors: ["validation_failed", "forbidden", "rate_limited"],
  example: { body: { four_eyes: true } },
});

const rotateOrganizationSecret = defineOperation({
  key: "organization.rotate_webhook_secret",
  http: { method: "POST", path: "/api/v1/org/rotate-webhook-secret" },
  scope: "approvals:write",
  adminOnly: true,
  label: "Rotate People's Webhook Secrets",
  description:
    "Rotate each person's secret for the callbacks of their own requests; for 24 hours both secrets sign. People read their own with Read Webhook Secrets",
  input: {},
  responses: {
    200: z.object({ old_secret_expires_at: timestamp }),
  },
  errors: ["forbidden", "rate_limited"],
});

const listActionTypes = defineOperation({
  key: "action_type.list",
  http: { method: "GET", path: "/api/v1/org/action-types" },
  scope: "approvals:read",
  label: "List Action Types",
  description: "The action types that the organization's requests have used",
  input: {},
  responses: { 200: listOf(z.string()) },
  errors: ["rate_limited"],
});

/** The values that a template fills in: the same fields as in a request. */
const TemplateDefaults = z
  .object({
    ...templateFields,
    expires_after_minutes: wholeNumber(1, 525_600).optional(),
  })
  .refine(
    (fields) =>
      (fields.auto_action === undefined) === (fields.auto_action_after_minutes === undefined),
    {
      error: "must be given with auto_action, and only with it",
      path: ["auto_action_after_minutes"],
    },
  )
  .meta({ id: "TemplateDefaults" });

const templateById = z.object({ id: id.describe("The template") });

const TemplateBody = z.object({
  name: templateValues.name.describe("Unique within the organization"),
  description: templateValues.description.optional().describe("The purpose of the template"),
  target_app: templateValues.target_app
    .optional()
    .describe("The app that shows the template, such as n8n"),
  defaults: TemplateDefaults.optional().describe("The values for fields that a request leaves out"),
});

export const Template = z
  .object({
    id,
    name: z.string(),
    description: z.string().nullable(),
    target_app: z.string().nullable(),
    defaults: TemplateDefaults,
    created_at: timestamp,
  })
  .meta({ id: "Template" });

const listTemplates = defineOperation({
  key: "template.list",
  http: { method: "GET", path: "/api/v1/templates" },
  scope: "approvals:read",
  label: "List Templates",
  description: "List the templates for new requests",
  input: {
    query: z.object({ target_app: text(100).optional().describe("Only templates of this app") }),
  },
  responses: { 200: listOf(Template) },
  errors: ["rate_limited"],
});

const createTemplate = defineOperation({
  key: "template.create",
  http: { method: "POST", path: "/api/v1/templates" },
  scope: "approvals:write",
  adminOnly: true,
  label: "Create Template",
  description: "Create a template: values for the fields that a request leaves out",
  input: { body: TemplateBody },
  responses: { 201: Template },
  errors: ["validation_failed", "forbidden", "conflict", "rate_limited"],
  example: {
    body: {
      name: "Production deploy",
      target_app: "n8n",
      defaults: { priority: "high", action_type: "deploy.production", required_approvals: 2 },
    },
  },
});

const updateTemplate = defineOperation({
  key: "template.update",
  http: { method: "PATCH", path: "/api/v1/templates/{id}" },
  scope: "approvals:write",
  adminOnly: true,
  label: "Update Template",
  description: "Change a template; requests already made from it stay as they are",
  input: { params: templateById, body: TemplateBody.partial() },
  responses: { 200: Template },
  errors: ["validation_failed", "forbidden", "not_found", "conflict", "rate_limited"],
  example: { body: { defaults: { priority: "critical" } } },
});

const deleteTemplate = defineOperation({
  key: "template.delete",
  http: { method: "DELETE", path: "/api/v1/templates/{id}" },
  scope: "approvals:write",
  adminOnly: true,
  label: "Delete Template",
  description: "Delete a template; its requests stay",
  input: { params: templateById },
  responses: { 200: Deleted },
  errors: ["forbidden", "not_found", "rate_limited"],
});

const teamById = z.object({ id: id.describe("The team") });

export const Team = z
  .object({ id, name: z.string(), member_ids: z.array(id), created_at: timestamp })
  .meta({ id: "Team" });

const listTeams = defineOperation({
  key: "team.list",
  http: { method: "GET", path: "/api/v1/teams" },
  scope: "approvals:read",
  label: "List Teams",
  description: "List the organization's teams with their members",
  input: {},
  responses: { 200: listOf(Team) },
  errors: ["rate_limited"],
});

const createTeam = defineOperation({
  key: "team.create",
  http: { method: "POST", path: "/api/v1/teams" },
  scope: "approvals:write",
  adminOnly: true,
  label: "Create Team",
  description: "Create a team without members",
  input: { body: z.object({ name: teamName.describe("Unique within the organization") }) },
  responses: { 201: Team },
  errors: ["validation_failed", "forbidden", "conflict", "rate_limited"],
  example: { body: { name: "Operations" } },
});

const setTeamMembers = defineOperation({
  key: "team.set_members",
  http: { method: "PUT", path: "/api/v1/teams/{id}/members" },
  scope: "approvals:write",
  adminOnly: true,
  label: "Set Team Members",
  description: "Replace the members of a team",
  input: {
    params: teamById,
    body: z.object({ member_ids: z.array(id).max(500).describe("All members of the team") }),
  },
  responses: { 200: Team },
  errors: ["validation_failed", "forbidden", "not_found", "rate_limited"],
  fields: { member_ids: { ...hints.approver, label: "Members" } },
  example: { body: { member_ids: ["019aa3f2-7c1e-7d4a-9b3f-2e5d8c6a1f04"] } },
});

const Member = z
  .object({
    id,
    name: z.string(),
    email: z.string().nullable(),
    role: Role,
    can_approve: z.boolean(),
    team_ids: z.array(id),
  })
  .meta({ id: "Member" });

const listMembers = defineOperation({
  key: "member.list",
  http: { method: "GET", path: "/api/v1/team/members" },
  scope: "approvals:read",
  label: "List Members",
  description: "The organization's people",
  input: {
    query: z.object({
      can_approve: z
        .enum(["true", "false"])
        .optional()
        .describe("Only members who may approve (true), or only those who may not (false)"),
    }),
  },
  responses: { 200: listOf(Member) },
  errors: ["validation_failed", "rate_limited"],
});

const EmergencyStop = z
  .object({
    active: z.boolean(),
    activated_at: timestamp.nullable(),
    activated_by: id.nullable(),
    reason: z.string().nullable(),
  })
  .meta({ id: "EmergencyStop" });

const getEmergencyStop = defineOperation({
  key: "emergency_stop.get",
  http: { method: "GET", path: "/api/v1/emergency-stop" },
  scope: "approvals:read",
  label: "Get Emergency Stop",
  description: "Read the state of the emergency stop, with its time, person and reason",
  input: {},
  responses: { 200: EmergencyStop },
  errors: ["rate_limited"],
});

const setEmergencyStop = defineOperation({
  key: "emergency_stop.set",
  http: { method: "POST", path: "/api/v1/emergency-stop" },
  scope: "approvals:write",
  adminOnly: true,
  label: "Set Emergency Stop",
  description:
    "Activate the emergency stop, which cancels all pending requests and sends their callbacks, or lift it",
  input: {
    body: z.object({
      active: z.boolean().describe("Whether the emergency stop is active"),
      reason: text(2000).optional().describe("Why"),
    }),
  },
  responses: { 200: EmergencyStop },
  errors: ["validation_failed", "forbidden", "rate_limited"],
  example: { body: { active: true, reason: "An agent is misbehaving" } },
});

/** The operations of this file, in the order of the documents. */
export const organizationOperations = {
  getOrganization,
  updateOrganization,
  rotateOrganizationSecret,
  listActionTypes,
  listTemplates,
  createTemplate,
  updateTemplate,
  deleteTemplate,
  listTeams,
  createTeam,
  setTeamMembers,
  listMembers,
  getEmergencyStop,
  setEmergencyStop,
};
