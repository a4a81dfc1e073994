import type { workspaceOperations } from "@sayso/catalogue";
import {
  DomainError,
  endSession,
  getMe,
  renameSelf,
  switchOrganization,
  type Context,
  type Me,
} from "@sayso/core";
import type { Handlers } from "../../http/bind.ts";
import { forgetSessionHeader } from "../../site/session.ts";

type Operations = Pick<
  typeof workspaceOperations,
  "getMe" | "updateMe" | "switchOrganization" | "signOut"
>;

export const meHandlers: Handlers<Operations> = {
  async getMe({ context }) {
    return { status: 200, body: toMe(await getMe(context)) };
  },

  async updateMe({ context, body }) {
    await renameSelf(context, body.name);
    return { status: 200, body: toMe(await getMe(context)) };
  },

  async switchOrganization({ context, body }) {
    await switchOrganization(context, sessionOf(context), body.organization_id);
    return { status: 200, body: { organization_id: body.organization_id } };
  },

  async signOut({ context }) {
    const { services } = context;
    await endSession(services, sessionOf(context));
    return {
      status: 200,
      body: { signed_out: true },
      headers: { "Set-Cookie": forgetSessionHeader(services) },
    };
  },
};

function sessionOf({ actor }: Context): string {
  if (actor.kind === "person" && actor.sessionId !== undefined) return actor.sessionId;
  throw new DomainError("forbidden", "Only a signed-in person may do this");
}

const toMe = (me: Me) => ({
  id: me.id,
  name: me.name,
  email: me.email,
  role: me.role,
  can_approve: me.canApprove,
  team_ids: me.teams.map((team) => team.id),
  organization: me.organization,
  organizations: me.organizations,
});
