import type { Surface } from "../../surface.ts";
import { changeOperations } from "./changes.ts";
import { entityOperations } from "./entities.ts";
import { changesErrorBody } from "./errors.ts";
import { changeEventLabels } from "./events.ts";
import { changesTriggers } from "./triggers.ts";

/** All operations of the changes surface. */
export const changesOperations = {
  ...changeOperations,
  ...entityOperations,
};

/** The changes surface: its resources, operations, events and triggers. */
export const changesSurface: Surface = {
  name: "changes",
  title: "Sayso changes API",
  description:
    "Change important data only with approval: the last approval applies the change, together with the decision.",
  authorization:
    "Authorization: Bearer <API key, personal token or OAuth access token>; X-Tenant-Id selects the organization among those of the credential, and makes /api/v1/approvals this API",
  errorBody: changesErrorBody,
  resources: {
    change: { label: "Change", description: "Change entities with approval" },
    entity: { label: "Entity", description: "Data that changes apply to, with its version" },
    entity_type: { label: "Entity Type", description: "Types of entities" },
    audit_log: { label: "Audit Log", description: "The history of entities" },
  },
  operations: changesOperations,
  events: changeEventLabels,
  triggers: changesTriggers,
};
