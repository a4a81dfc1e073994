import type { changesOperations } from "@sayso/catalogue";
import {
  createEntityType,
  getEntity,
  listEntities,
  listEntityTypes,
  listHistory,
  putEntity,
  rotateApplierSecret,
  updateEntityType,
} from "@sayso/core";
import type { Handlers } from "../../http/bind.ts";
import { toAuditLog, toEntity, toEntityType, toNewEntityType } from "./wire.ts";

type Operations = Pick<
  typeof changesOperations,
  | "listEntityTypes"
  | "createEntityType"
  | "updateEntityType"
  | "rotateApplierSecret"
  | "listEntities"
  | "getEntity"
  | "putEntity"
  | "listAuditLogs"
>;

export const entityHandlers: Handlers<Operations> = {
  async listEntityTypes({ context }) {
    const types = await listEntityTypes(context);
    return { status: 200, body: { data: types.map(toEntityType) } };
  },

  async createEntityType({ context, body }) {
    return { status: 201, body: toNewEntityType(await createEntityType(context, body)) };
  },

  async updateEntityType({ context, params, body }) {
    const updated = await updateEntityType(context, params.name, body);
    return { status: 200, body: toNewEntityType(updated) };
  },

  async rotateApplierSecret({ context, params }) {
    const { secret, previousSignsUntil } = await rotateApplierSecret(context, params.name);
    return {
      status: 200,
      body: {
        name: params.name,
        applierSecret: secret,
        oldSecretExpiresAt: previousSignsUntil.toISOString(),
      },
    };
  },

  async listEntities({ context, params, query }) {
    const { entities, nextAfter } = await listEntities(
      context,
      params.entityType,
      query.after ?? null,
      query.limit,
    );
    return { status: 200, body: { data: entities.map(toEntity), nextAfter } };
  },

  async getEntity({ context, params }) {
    const entity = await getEntity(context, params.entityType, params.entityId);
    return { status: 200, body: toEntity(entity) };
  },

  async putEntity({ context, params, body }) {
    const entity = await putEntity(context, {
      ...params,
      name: body.entityName,
      body: body.body,
      expectedVersion: body.entityVersion,
    });
    return { status: 200, body: toEntity(entity) };
  },

  async listAuditLogs({ context, query }) {
    const { page, limit, ...filter } = query;
    const { entries, total } = await listHistory(context, filter, page, limit);
    return { status: 200, body: { logs: entries.map(toAuditLog), total, page, limit } };
  },
};
