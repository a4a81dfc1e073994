import { checkHook, createHook, deleteHook } from "@sayso/triggers";
import {
  NodeConnectionTypes,
  type IHookFunctions,
  type INodeType,
  type INodeTypeDescription,
  type IWebhookFunctions,
  type IWebhookResponseData,
} from "n8n-workflow";
import { authentication, credentials } from "../shared/authentication.ts";
import { loadOptions } from "../shared/choices.ts";
import { events, filters } from "../shared/filters.generated.ts";
import { portOf } from "../shared/port.ts";
import { filterProperties } from "../shared/wanted.ts";
import { receiveEvent } from "./receive-event.ts";
import { staticDataOf, wantedHook } from "./hook.ts";

/** A trigger that starts a workflow as soon as an event happens, because Sayso calls n8n. */
export class SaysoTrigger implements INodeType {
  description: INodeTypeDescription = {
    displayName: "Sayso Trigger",
    name: "saysoTrigger",
    icon: { light: "file:../../icons/sayso.svg", dark: "file:../../icons/sayso.dark.svg" },
    group: ["trigger"],
    version: 1,
    subtitle: '={{ ($parameter["types"] || []).join(", ") || "all events" }}',
    description: "Starts the workflow when something happens to a request",
    defaults: { name: "Sayso Trigger" },
    inputs: [],
    outputs: [NodeConnectionTypes.Main],
    credentials,
    webhooks: [
      { name: "default", httpMethod: "POST", responseMode: "onReceived", path: "webhook" },
    ],
    properties: [authentication, ...events, ...filterProperties(filters)],
  };

  methods = { loadOptions };

  webhookMethods = {
    default: {
      async checkExists(this: IHookFunctions): Promise<boolean> {
        const data = staticDataOf(this);
        return checkHook({ port: portOf(this), stored: data.hook, wanted: wantedHook(this) });
      },
      async create(this: IHookFunctions): Promise<boolean> {
        const data = staticDataOf(this);
        const { hook, warnings } = await createHook({
          port: portOf(this),
          stored: data.hook,
          wanted: wantedHook(this),
        });
        data.hook = hook;
        for (const { message } of warnings) this.logger.warn(message);
        return true;
      },
      async delete(this: IHookFunctions): Promise<boolean> {
        const data = staticDataOf(this);
        data.hook = await deleteHook({ port: portOf(this), stored: data.hook });
        return true;
      },
    },
  };

  async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
    return receiveEvent(this);
  }
}
