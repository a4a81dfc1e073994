import {
  NodeConnectionTypes,
  type IExecuteFunctions,
  type INodeExecutionData,
  type INodeType,
  type INodeTypeDescription,
  type IWebhookDescription,
  type IWebhookFunctions,
  type IWebhookResponseData,
} from "n8n-workflow";
import { authentication, credentials } from "../shared/authentication.ts";
import { listSearch, loadOptions } from "../shared/choices.ts";
import { properties } from "./declared.generated.ts";
import { runOperation } from "./run-operation.ts";
import { askAndWait } from "./wait/ask-and-wait.ts";
import { RESUME_PATH } from "./wait/resume-url.ts";
import { resume } from "./wait/resume.ts";
import { waitProperties } from "./wait/wait-properties.ts";

/** No decision comes first, because n8n itself passes a wait that timed out to the first output. */
const waitOutputs = `[{ type: "main", displayName: "No Decision" }, { type: "main", displayName: "Approved" }, { type: "main", displayName: "Rejected" }]`;

/** The webhook that wakes a sleeping execution. */
const webhooks: IWebhookDescription[] = [
  {
    name: "default",
    httpMethod: "POST",
    responseMode: "onReceived",
    path: RESUME_PATH,
    restartWebhook: true,
    isFullPath: true,
  },
];

export class Sayso implements INodeType {
  description: INodeTypeDescription = {
    displayName: "Sayso",
    name: "sayso",
    icon: { light: "file:../../icons/sayso.svg", dark: "file:../../icons/sayso.dark.svg" },
    group: ["output"],
    version: 1,
    subtitle:
      '={{ $parameter["operation"] === "sendAndWait" ? "ask and wait" : $parameter["operation"] + ": " + $parameter["resource"] }}',
    description: "Ask people for approval, and continue only with their decision",
    defaults: { name: "Sayso" },
    usableAsTool: true,
    inputs: [NodeConnectionTypes.Main],
    outputs: `={{ $parameter["operation"] === "sendAndWait" ? ${waitOutputs} : [{ type: "main" }] }}`,
    credentials,
    webhooks,
    properties: [authentication, ...properties, ...waitProperties],
  };

  methods = { loadOptions, listSearch };

  async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
    const isWait = this.getNodeParameter("operation", 0) === "sendAndWait";
    return isWait ? askAndWait(this) : runOperation(this);
  }

  async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
    return resume(this);
  }
}
