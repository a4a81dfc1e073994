import { defineTrigger } from "../../trigger.ts";
import { Event } from "../approvals/events.ts";
import { exampleEvent } from "../approvals/examples.ts";
import { exampleChange } from "./examples.ts";

/** The triggers of automations on the changes surface. */
export const changesTriggers = {
  changeApplied: defineTrigger({
    key: "change.applied",
    events: ["change.applied"],
    scope: "approvals:read",
    label: "Change Applied",
    description: "Triggers when an approved change has been applied to its entity.",
    item: Event,
    // n8n has one trigger for all events.
    platforms: ["zapier", "make"],
    example: {
      ...exampleEvent,
      type: "change.applied",
      request_id: exampleChange.id,
      data: {
        entity_type: exampleChange.entityType,
        entity_id: exampleChange.entityId,
        entity_name: exampleChange.entityName,
        action: exampleChange.action,
        made_for_version: exampleChange.entityVersion,
        entity_version: exampleChange.appliedVersion,
        before: exampleChange.before,
        after: exampleChange.after,
      },
    },
  }),
};
