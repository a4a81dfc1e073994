import type { changesOperations, ReplyOf } from "@sayso/catalogue";
import type { Answer, Api, CallOptions } from "@sayso/testkit";

type Operations = typeof changesOperations;
type Body<Name extends keyof Operations> = ReplyOf<Operations[Name]>["body"];

export type Change = Body<"getChange"> & { warnings?: { field: string; message: string }[] };
export type Entity = Body<"getEntity">;

const base = "/changes/api/v1";

/** The changes API with one credential. An error status throws nothing. */
export interface ChangesApi {
  /** Proposes an update of the documentation's rule, with `body` merged into it. */
  propose: (body?: Record<string, unknown>) => Promise<Answer<Change>>;
  list: (query?: CallOptions["query"]) => Promise<Answer<Change[]>>;
  get: (id: string) => Promise<Answer<Change>>;
  approve: (id: string, comments?: string) => Promise<Answer<Change>>;
  reject: (id: string, comments?: string) => Promise<Answer<Change>>;
  retry: (id: string) => Promise<Answer<Change>>;
  abandon: (id: string) => Promise<Answer<Change>>;
  entity: (entityType: string, entityId: string) => Promise<Answer<Entity>>;
  entities: (
    entityType: string,
    query?: CallOptions["query"],
  ) => Promise<Answer<Body<"listEntities">>>;
  put: (entityType: string, entityId: string, body: unknown) => Promise<Answer<Entity>>;
  logs: (query?: CallOptions["query"]) => Promise<Answer<Body<"listAuditLogs">>>;
  types: () => Promise<Answer<Body<"listEntityTypes">>>;
  addType: (body: unknown) => Promise<Answer<Body<"createEntityType">>>;
  changeType: (name: string, body: unknown) => Promise<Answer<Body<"updateEntityType">>>;
  rotateSecret: (name: string) => Promise<Answer<Body<"rotateApplierSecret">>>;
}

export const theRule = {
  entityType: "qualificationRule",
  entityId: "qr_001",
  entityName: "Credit Score Rule",
  action: "update",
  payload: { config: { threshold: 650 } },
};

export function changesApi({ call }: Pick<Api, "call">): ChangesApi {
  const at = (id: string, rest = "") => `${base}/approvals/${id}${rest}`;
  const resolve = (id: string, action: string, comments?: string) =>
    call<Change>("POST", at(id), { body: { action, comments } });
  const place = (...parts: string[]) =>
    `${base}/entities/${parts.map(encodeURIComponent).join("/")}`;
  return {
    propose: (body) => call("POST", `${base}/approvals`, { body: { ...theRule, ...body } }),
    list: (query) => call("GET", `${base}/approvals`, { query }),
    get: (id) => call("GET", at(id)),
    approve: (id, comments) => resolve(id, "approve", comments),
    reject: (id, comments) => resolve(id, "reject", comments),
    retry: (id) => call("POST", at(id, "/retry")),
    abandon: (id) => call("POST", at(id, "/abandon")),
    entity: (entityType, entityId) => call("GET", place(entityType, entityId)),
    entities: (entityType, query) => call("GET", place(entityType), { query }),
    put: (entityType, entityId, body) => call("PUT", place(entityType, entityId), { body }),
    logs: (query) => call("GET", `${base}/audit-logs`, { query }),
    types: () => call("GET", `${base}/entity-types`),
    addType: (body) => call("POST", `${base}/entity-types`, { body }),
    changeType: (name, body) =>
      call("PATCH", `${base}/entity-types/${encodeURIComponent(name)}`, { body }),
    rotateSecret: (name) =>
      call("POST", `${base}/entity-types/${encodeURIComponent(name)}/rotate-secret`),
  };
}
