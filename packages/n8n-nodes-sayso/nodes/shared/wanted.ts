import type { EventFilter } from "@sayso/triggers";
import type {
  IHookFunctions,
  INodeProperties,
  IPollFunctions,
  IWebhookFunctions,
} from "n8n-workflow";
import { objectOf, readTexts } from "./given.ts";

/** The filters of a trigger as one collection. */
export const filterProperties = (options: INodeProperties[]): INodeProperties[] => [
  {
    displayName: "Filters",
    name: "filters",
    type: "collection",
    placeholder: "Add Filter",
    default: {},
    options,
  },
];

/** Reads the event types and the filter that the person chose. Empty choices don't restrict. */
export function readWanted(context: IHookFunctions | IPollFunctions | IWebhookFunctions): {
  types: string[];
  filter?: EventFilter;
} {
  const types = readTexts("Events", context.getNodeParameter("types", []));
  const filters = objectOf(context.getNodeParameter("filters", {}));
  const filter = Object.fromEntries(
    Object.entries(filters)
      .map(
        ([key, values]) => [key, readTexts(key, values).filter((value) => value !== "")] as const,
      )
      .filter(([, values]) => values.length > 0),
  );
  return Object.keys(filter).length > 0 ? { types, filter } : { types };
}
