import type { workspaceOperations } from "@sayso/catalogue";
import {
  disablePerson,
  enablePerson,
  inviteAgain,
  listConnections,
  listMembers,
  notFound,
  removeMember,
  resetPassword,
  searchMembers,
  showsLinks,
  transferConnections,
  updateMember,
  type Context,
  type Member,
} from "@sayso/core";
import type { Handlers } from "../../http/bind.ts";
import { toPage } from "../approvals/wire.ts";

type Operations = Pick<
  typeof workspaceOperations,
  | "listPeople"
  | "getPerson"
  | "invitePersonAgain"
  | "resetPersonPassword"
  | "updatePerson"
  | "disablePerson"
  | "enablePerson"
  | "removePerson"
  | "transferConnections"
>;

export const peopleHandlers: Handlers<Operations> = {
  async listPeople({ context, query }) {
    const { page, page_size: pageSize, search } = query;
    const { members, total } = await searchMembers(context, { search, page, pageSize });
    return { status: 200, body: toPage(members.map(toPerson), page, pageSize, total) };
  },

  async getPerson({ context, params }) {
    const [person, connections] = await Promise.all([
      readPerson(context, params.id),
      listConnections(context),
    ]);
    const own = connections.filter(({ ownerId }) => ownerId === params.id);
    return {
      status: 200,
      body: { ...person, connections: own.map(({ id, name }) => ({ id, name })) },
    };
  },

  async invitePersonAgain({ context, params }) {
    return { status: 200, body: toLink(context, await inviteAgain(context, params.id)) };
  },

  async resetPersonPassword({ context, params }) {
    return { status: 200, body: toLink(context, await resetPassword(context, params.id)) };
  },

  async updatePerson({ context, params, body }) {
    const { name, role, can_approve: canApprove } = body;
    return {
      status: 200,
      body: toPerson(await updateMember(context, params.id, { name, role, canApprove })),
    };
  },

  async disablePerson({ context, params }) {
    await disablePerson(context, params.id);
    return { status: 200, body: await readPerson(context, params.id) };
  },

  async enablePerson({ context, params }) {
    await enablePerson(context, params.id);
    return { status: 200, body: await readPerson(context, params.id) };
  },

  async removePerson({ context, params }) {
    await removeMember(context, params.id);
    return { status: 200, body: { id: params.id, deleted: true } };
  },

  async transferConnections({ context, params, body }) {
    const transferred = await transferConnections(context, {
      fromPersonId: params.id,
      toPersonId: body.to_person_id,
    });
    // A person without connections and a person who was never here get the same answer.
    if (transferred === 0) throw notFound("Connections of this person");
    return { status: 200, body: { transferred } };
  },
};

async function readPerson(context: Context, personId: string) {
  const [person] = await listMembers(context, { ids: [personId], includeDisabled: true });
  if (!person) throw notFound("Person");
  return toPerson(person);
}

const toPerson = (member: Member) => ({
  id: member.id,
  name: member.name,
  email: member.email,
  role: member.role,
  can_approve: member.canApprove,
  status: statusOf(member),
  teams: member.teams,
  joined_at: member.createdAt.toISOString(),
});

const statusOf = ({ isDisabled, hasSignIn }: Member): "active" | "invited" | "disabled" =>
  isDisabled ? "disabled" : hasSignIn ? "active" : "invited";

const toLink = (context: Context, { url, expiresAt }: { url: string; expiresAt: Date }) => ({
  url: showsLinks(context) ? url : null,
  expires_at: expiresAt.toISOString(),
});
