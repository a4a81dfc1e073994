import type { changesOperations } from "@sayso/catalogue";
import {
  abandonChange,
  getChange,
  invalidInput,
  listChanges,
  proposeChange,
  resolveChange,
  retryChange,
} from "@sayso/core";
import type { Handlers } from "../../http/bind.ts";
import { coreStatuses, toChange, toRole } from "./wire.ts";

type Operations = Pick<
  typeof changesOperations,
  "listChanges" | "proposeChange" | "getChange" | "resolveChange" | "retryChange" | "abandonChange"
>;

export const changeHandlers: Handlers<Operations> = {
  async listChanges({ context, query }) {
    const { status, applyStatus } = query;
    if (applyStatus !== undefined && status !== undefined && status !== "approved") {
      const message = "applyStatus is of approved changes: leave status out, or say approved";
      throw invalidInput({ field: "status", message });
    }
    const found = await listChanges(
      context,
      applyStatus ? { state: applyStatus } : { statuses: coreStatuses(status ?? "pending") },
      query.before ?? null,
      query.limit,
    );
    const { publicUrl } = context.services;
    return { status: 200, body: found.map((one) => toChange(one, publicUrl, { bodies: false })) };
  },

  async proposeChange({ context, body, sentBody }) {
    const { stages, ...proposal } = body;
    const { change, isNew, warnings } = await proposeChange(
      context,
      {
        ...proposal,
        stages: stages?.map(({ stageName, requiredRole }) => ({
          name: stageName,
          role: toRole(requiredRole),
        })),
      },
      sentBody,
    );
    const answer = toChange(change, context.services.publicUrl);
    return isNew
      ? { status: 201, body: { ...answer, ...(warnings.length > 0 && { warnings }) } }
      : { status: 200, body: answer };
  },

  async getChange({ context, params }) {
    const change = await getChange(context, params.id);
    return { status: 200, body: toChange(change, context.services.publicUrl) };
  },

  async resolveChange({ context, params, body }) {
    await resolveChange(context, params.id, body.action, body.comments ?? null);
    const change = await getChange(context, params.id);
    return { status: 200, body: toChange(change, context.services.publicUrl) };
  },

  async retryChange({ context, params }) {
    const change = await retryChange(context, params.id);
    return { status: 200, body: toChange(change, context.services.publicUrl) };
  },

  async abandonChange({ context, params }) {
    const change = await abandonChange(context, params.id);
    return { status: 200, body: toChange(change, context.services.publicUrl) };
  },
};
