import type { INodeProperties } from "n8n-workflow";

const show = { resource: ["approval"], operation: ["sendAndWait"] };

/** The properties that only the waiting operation has, beside the request's own fields. */
export const waitProperties: INodeProperties[] = [
  {
    displayName:
      'Only a yes comes out of "Approved". A time-out, an expiry, a cancellation and the emergency stop come out of "No Decision".',
    name: "outputsNotice",
    type: "notice",
    default: "",
    displayOptions: { show },
  },
  {
    displayName: "Ask",
    name: "ask",
    type: "options",
    options: [
      {
        name: "Once for All Items",
        value: "together",
        description: "One request that shows all items; its decision holds for each of them",
      },
      {
        name: "Once for Each Item",
        value: "each",
        description: "One request for each item; the workflow goes on when all are decided",
      },
    ],
    default: "each",
    displayOptions: { show },
    description: "How many requests to make of the input items",
  },
  {
    displayName: "Limit Wait Time",
    name: "limitWaitTime",
    type: "boolean",
    default: false,
    displayOptions: { show },
    description: "Whether to go on without a decision after some time",
  },
  {
    displayName: "Wait For",
    name: "waitAmount",
    type: "number",
    default: 3,
    typeOptions: { minValue: 0 },
    displayOptions: { show: { ...show, limitWaitTime: [true] } },
    description:
      "The request expires then. If n8n doesn't hear of it, it goes on by itself half a minute later.",
  },
  {
    displayName: "Unit",
    name: "waitUnit",
    type: "options",
    options: [
      { name: "Days", value: "days" },
      { name: "Hours", value: "hours" },
      { name: "Minutes", value: "minutes" },
    ],
    default: "days",
    displayOptions: { show: { ...show, limitWaitTime: [true] } },
  },
  {
    displayName:
      'n8n goes on after the wait time above, also if "Expires At" in Additional Fields is later: a decision that comes after that has no effect here.',
    name: "expiryNotice",
    type: "notice",
    default: "",
    displayOptions: { show: { ...show, limitWaitTime: [true] } },
  },
];
