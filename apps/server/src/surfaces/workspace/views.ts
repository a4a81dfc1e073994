import type { workspaceOperations } from "@sayso/catalogue";
import {
  createView,
  deleteView,
  listViews,
  updateView,
  type View,
  type ViewQuery,
} from "@sayso/core";
import type { Handlers } from "../../http/bind.ts";

type Operations = Pick<
  typeof workspaceOperations,
  "listViews" | "createView" | "updateView" | "deleteView"
>;

export const viewHandlers: Handlers<Operations> = {
  async listViews({ context }) {
    return { status: 200, body: { data: (await listViews(context)).map(toView) } };
  },

  async createView({ context, body }) {
    const view = await createView(context, { name: body.name, query: toQuery(body.query) });
    return { status: 201, body: toView(view) };
  },

  async updateView({ context, params, body }) {
    const view = await updateView(context, params.id, {
      name: body.name,
      query: body.query && toQuery(body.query),
    });
    return { status: 200, body: toView(view) };
  },

  async deleteView({ context, params }) {
    await deleteView(context, params.id);
    return { status: 200, body: { id: params.id, deleted: true } };
  },
};

type WireQuery = Parameters<(typeof viewHandlers)["createView"]>[0]["body"]["query"];

const toQuery = (query: WireQuery): ViewQuery => ({
  list: query.list,
  statuses: query.status,
  priorities: query.priority,
  search: query.search,
  actionType: query.action_type,
  source: query.source,
  withinDays: query.within_days,
  createdAfter: query.created_after,
  createdBefore: query.created_before,
});

const toView = ({ id, name, query, createdAt, updatedAt }: View) => ({
  id,
  name,
  query: {
    list: query.list,
    status: query.statuses,
    priority: query.priorities,
    search: query.search,
    action_type: query.actionType,
    source: query.source,
    within_days: query.withinDays,
    created_after: query.createdAfter,
    created_before: query.createdBefore,
  },
  created_at: createdAt.toISOString(),
  updated_at: updatedAt.toISOString(),
});
