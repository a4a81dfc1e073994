import type { workspaceOperations } from "@sayso/catalogue";
import {
  exportActivity,
  listNamedActivity,
  verifyOwnAudit,
  type ActivityFilter,
} from "@sayso/core";
import type { Call, Handlers } from "../../http/bind.ts";

type Operations = Pick<
  typeof workspaceOperations,
  "listActivity" | "exportActivity" | "verifyActivity"
>;

export const activityHandlers: Handlers<Operations> = {
  async listActivity({ context, query }) {
    const { before, limit } = query;
    const found = await listNamedActivity(context, toFilter(query), { before, limit });
    return {
      status: 200,
      body: {
        data: found.items,
        names: [...found.names].map(([id, name]) => ({ id, name })),
        next_before: found.nextBefore,
        searched_to: found.searchedTo?.toISOString() ?? null,
      },
    };
  },

  exportActivity({ context, query }) {
    const { format } = query;
    const parts = exportActivity(context, toFilter(query), format);
    return Promise.resolve({
      status: 200,
      body: {
        mediaType: format === "csv" ? "text/csv" : "application/x-ndjson",
        name: `activity.${format}`,
        parts,
      },
    });
  },

  async verifyActivity({ context, query }) {
    const { verifiedTo, size, fault } = await verifyOwnAudit(context, query.after);
    return {
      status: 200,
      body: {
        verified_to: verifiedTo,
        size,
        fault: fault && { kind: fault.kind, entry: fault.position, message: fault.message },
      },
    };
  },
};

type Query = Call<Operations["exportActivity"]>["query"];

const toFilter = (query: Omit<Query, "format">): ActivityFilter => ({
  types: query.types,
  actorId: query.actor_id,
  requestId: query.request_id,
  about: query.about,
  from: query.from === undefined ? undefined : new Date(query.from),
  to: query.to === undefined ? undefined : new Date(query.to),
});
