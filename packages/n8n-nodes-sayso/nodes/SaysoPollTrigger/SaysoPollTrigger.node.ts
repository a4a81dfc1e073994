import {
  NodeConnectionTypes,
  type INodeExecutionData,
  type INodeType,
  type INodeTypeDescription,
  type IPollFunctions,
} from "n8n-workflow";
import { authentication, credentials } from "../shared/authentication.ts";
import { loadOptions } from "../shared/choices.ts";
import { events, filters } from "../shared/filters.generated.ts";
import { filterProperties } from "../shared/wanted.ts";
import { pollEvents } from "./poll-events.ts";

/** A trigger that starts a workflow with the events since the last poll, for an n8n that Sayso can't call. */
export class SaysoPollTrigger implements INodeType {
  description: INodeTypeDescription = {
    displayName: "Sayso Poll Trigger",
    name: "saysoPollTrigger",
    icon: { light: "file:../../icons/sayso.svg", dark: "file:../../icons/sayso.dark.svg" },
    group: ["trigger"],
    version: 1,
    subtitle: '={{ ($parameter["types"] || []).join(", ") || "all events" }}',
    description: "Polls for events of requests, for an n8n that Sayso can't reach",
    defaults: { name: "Sayso Poll Trigger" },
    polling: true,
    inputs: [],
    outputs: [NodeConnectionTypes.Main],
    credentials,
    properties: [authentication, ...events, ...filterProperties(filters)],
  };

  methods = { loadOptions };

  async poll(this: IPollFunctions): Promise<INodeExecutionData[][] | null> {
    return pollEvents(this);
  }
}
