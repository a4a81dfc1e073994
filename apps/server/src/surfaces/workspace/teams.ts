import type { workspaceOperations } from "@sayso/catalogue";
import { deleteTeam, listTeams, notFound, renameTeam } from "@sayso/core";
import type { Handlers } from "../../http/bind.ts";
import { toTeam } from "../approvals/administration.ts";

export const teamHandlers: Handlers<Pick<typeof workspaceOperations, "renameTeam" | "deleteTeam">> =
  {
    async renameTeam({ context, params, body }) {
      await renameTeam(context, params.id, body.name);
      const team = (await listTeams(context)).find(({ id }) => id === params.id);
      if (!team) throw notFound("Team");
      return { status: 200, body: toTeam(team) };
    },

    async deleteTeam({ context, params }) {
      await deleteTeam(context, params.id);
      return { status: 200, body: { id: params.id, deleted: true } };
    },
  };
