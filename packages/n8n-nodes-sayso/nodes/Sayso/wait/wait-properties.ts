import type { INodeProperties } from "n8n-workflow";

const show = { resource: ["approval"], operation: ["sendAndWait"] };

/** The properties that only the waiting operation has, beside the request's own fields. */
export const waitProperties: INodeProperties[] = [
  {
    displayName:
      'Only approved requests leave through "Approved". Timeouts, expired and cancelled requests, and the emergency stop leave through "No Decision".',
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
        description: "One request that shows all items; its decision applies to each of them",
      },
      {
        name: "Once for Each Item",
        value: "each",
        description: "One request for each item; the workflow continues when all are decided",
      },
    ],
    default: "each",
    displayOptions: { show },
    description: "How many requests to create from the input items",
  },
  {
    displayName: "Limit Wait Time",
    name: "limitWaitTime",
    type: "boolean",
    default: false,
    displayOptions: { show },
    description: "Whether to continue without a decision after some time",
  },
  {
    displayName: "Wait For",
    name: "waitAmount",
    type: "number",
    default: 3,
    typeOptions: { minValue: 0 },
    displayOptions: { show: { ...show, limitWaitTime: [true] } },
    description:
      "The request expires then. If n8n isn't notified, it continues half a minute later.",
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
      'n8n continues after the wait time above, even if "Expires At" in Additional Fields is later. A later decision has no effect here.',
    name: "expiryNotice",
    type: "notice",
    default: "",
    displayOptions: { show: { ...show, limitWaitTime: [true] } },
  },
];
