import type { approvals, approvalsOperations } from "@sayso/catalogue";
import {
  createTeam,
  createTemplate,
  deleteTemplate,
  getEmergencyStop,
  getOrganization,
  listActionTypes,
  listMembers,
  listTeams,
  listTemplates,
  notFound,
  rotateOrganizationSecret,
  setEmergencyStop,
  setTeamMembers,
  updateOrganization,
  updateTemplate,
  withCamelCase,
  withSnakeCase,
  type EmergencyStop,
  type Organization,
  type Team,
  type Template,
} from "@sayso/core";
import type { Handlers } from "../../http/bind.ts";

type Operations = Pick<
  typeof approvalsOperations,
  | "getOrganization"
  | "updateOrganization"
  | "rotateOrganizationSecret"
  | "listActionTypes"
  | "listTemplates"
  | "createTemplate"
  | "updateTemplate"
  | "deleteTemplate"
  | "listTeams"
  | "createTeam"
  | "setTeamMembers"
  | "listMembers"
  | "getEmergencyStop"
  | "setEmergencyStop"
>;

export const administrationHandlers: Handlers<Operations> = {
  async getOrganization({ context }) {
    return { status: 200, body: toOrganization(await getOrganization(context)) };
  },

  async updateOrganization({ context, body }) {
    const organization = await updateOrganization(context, {
      name: body.name,
      fourEyes: body.four_eyes,
      requestVisibility: body.request_visibility,
    });
    return { status: 200, body: toOrganization(organization) };
  },

  async rotateOrganizationSecret({ context }) {
    const oldSignsUntil = await rotateOrganizationSecret(context);
    return { status: 200, body: { old_secret_expires_at: oldSignsUntil.toISOString() } };
  },

  async listActionTypes({ context }) {
    return { status: 200, body: { data: await listActionTypes(context) } };
  },

  async listTemplates({ context, query }) {
    return {
      status: 200,
      body: { data: (await listTemplates(context, query.target_app)).map(toTemplate) },
    };
  },

  async createTemplate({ context, body }) {
    const template = await createTemplate(context, { name: body.name, ...fromTemplateBody(body) });
    return { status: 201, body: toTemplate(template) };
  },

  async updateTemplate({ context, params, body }) {
    const changes = { name: body.name, ...fromTemplateBody(body) };
    return { status: 200, body: toTemplate(await updateTemplate(context, params.id, changes)) };
  },

  async deleteTemplate({ context, params }) {
    await deleteTemplate(context, params.id);
    return { status: 200, body: { id: params.id, deleted: true } };
  },

  async listTeams({ context }) {
    return { status: 200, body: { data: (await listTeams(context)).map(toTeam) } };
  },

  async createTeam({ context, body }) {
    const team = await createTeam(context, { name: body.name });
    return { status: 201, body: toTeam(team) };
  },

  async setTeamMembers({ context, params, body }) {
    await setTeamMembers(context, params.id, body.member_ids);
    const team = (await listTeams(context)).find((t) => t.id === params.id);
    if (!team) throw notFound("Team");
    return { status: 200, body: toTeam(team) };
  },

  async listMembers({ context, query }) {
    const canApprove = query.can_approve === undefined ? undefined : query.can_approve === "true";
    const members = await listMembers(context, { canApprove });
    const data = members.map((member) => ({
      id: member.id,
      name: member.name,
      email: member.email,
      role: member.role,
      can_approve: member.canApprove,
      team_ids: member.teams.map((team) => team.id),
    }));
    return { status: 200, body: { data } };
  },

  async getEmergencyStop({ context }) {
    return { status: 200, body: toEmergencyStop(await getEmergencyStop(context)) };
  },

  async setEmergencyStop({ context, body }) {
    return {
      status: 200,
      body: toEmergencyStop(await setEmergencyStop(context, body.active, body.reason ?? null)),
    };
  },
};

const toOrganization = (organization: Organization) => ({
  id: organization.id,
  name: organization.name,
  four_eyes: organization.fourEyes,
  request_visibility: organization.requestVisibility,
  created_at: organization.createdAt.toISOString(),
});

export const toTeam = (team: Team) => ({
  id: team.id,
  name: team.name,
  member_ids: team.members.map((member) => member.id),
  created_at: team.createdAt.toISOString(),
});

const toEmergencyStop = (stop: EmergencyStop) => ({
  active: stop.isActive,
  activated_at: stop.activatedAt?.toISOString() ?? null,
  activated_by: stop.activatedBy,
  reason: stop.reason,
});

type WireDefaults = (typeof approvals.Template)["_zod"]["output"]["defaults"];

/** Returns what a template's body sets beside its name, which only a new template needs. */
const fromTemplateBody = (body: {
  description?: string | null;
  target_app?: string | null;
  defaults?: WireDefaults;
}) => ({
  description: body.description,
  targetApp: body.target_app,
  defaults: body.defaults && withCamelCase(body.defaults),
});

const toTemplate = (template: Template) => ({
  id: template.id,
  name: template.name,
  description: template.description,
  target_app: template.targetApp,
  defaults: withSnakeCase(template.defaults),
  created_at: template.createdAt.toISOString(),
});
