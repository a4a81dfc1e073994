import type { Declarations } from "@sayso/catalogue";
import { connected, type MakeComponent } from "./make-component.ts";
import { PAGE_SIZE } from "./make-modules.ts";
import { watchOf, type MakeWatch } from "./make-variants.ts";
import { renderMakeField, renderMakeOutput, type MakeParameter } from "./make.ts";
import type { OperationSpecification, TriggerSpecification } from "../specification.ts";
import { titleCase } from "../title-case.ts";

/** The largest number of records that Make reads in a run (best practices, "Trigger modules"). */
const RECORDS_MAX = 3200;
/**
 * The time after an event at which a poll sees it. An event has the time at which its transaction began, so a
 * transaction that commits late would otherwise come before events that were handed out already. Five seconds would be
 * enough; the rest is for clocks that differ.
 */
const HELD_BACK_SECONDS = 30;
/** The number of newest events that the epoch panel shows, and among which a webhook's event is looked up. */
const NEWEST_MAX = 100;

export const pollingId = (id: string): string => `${id}Polling`;

interface Shown {
  trigger: TriggerSpecification;
  watch: MakeWatch;
  scope: string;
  /** The fields of a bundle. */
  interface: MakeParameter[];
  samples: unknown;
}

/**
 * Renders every trigger twice: one that a webhook starts at once, and one that polls. Both return the server's answer
 * to a question of their own, never the incoming message.
 */
export const renderTriggers = (
  declarations: Declarations,
  triggers: readonly TriggerSpecification[],
  operations: readonly OperationSpecification[],
): MakeComponent[] =>
  triggers.flatMap((trigger) => {
    const watch = watchOf(trigger);
    const given = watch.request ? operations.find(({ name }) => name === "getApproval") : trigger;
    if (!given) throw new Error(`${trigger.name} gives requests, and no operation reads one`);
    const declared = declarations.triggers[trigger.name];
    if (!declared) throw new Error(`No trigger is called ${trigger.name}`);
    const shown: Shown = {
      trigger,
      watch,
      scope: declared.scope,
      interface: given.output.map(renderMakeOutput),
      samples: given.sample,
    };
    return [webhook(shown), instant(shown), polling(shown)];
  });

/** Returns the event types that the user chose, or all types on which the trigger fires. */
function eventTypes({ events, fields }: TriggerSpecification): unknown {
  if (!fields.some(({ key }) => key === "types")) return [...events];
  return `{{if(length(ifempty(parameters.types, '')) > 0, parameters.types, split('${events.join(",")}', ','))}}`;
}

/** Renders a subscription that is made and deleted with the scenario's webhook. The server filters. */
function webhook({ trigger, watch: { id, label } }: Shown): MakeComponent {
  const filters = trigger.fields.filter(({ key }) => key !== "types");
  return {
    kind: "webhook",
    id,
    manifest: { label, ...connected, webhookType: "web" },
    code: {
      communication: {
        // The message of "send a test" is answered but starts nothing.
        verification: {
          condition: "{{body.type = 'subscription.tested'}}",
          respond: { type: "text", status: 200, body: "Heard" },
        },
        condition: `{{contains(split('${trigger.events.join(",")}', ','), body.type)}}`,
        // Passes on only the ids with which the server is asked.
        output: {
          id: "{{body.id}}",
          type: "{{body.type}}",
          request_id: "{{body.request_id}}",
        },
      },
      params: trigger.fields.map(renderMakeField),
      attach: {
        url: "/api/v1/subscriptions",
        method: "POST",
        body: {
          target_url: "{{webhook.url}}",
          event_types: eventTypes(trigger),
          filter: Object.fromEntries(filters.map(({ key }) => [key, `{{parameters.${key}}}`])),
          description: `Make: ${label}`,
        },
        response: { ...subscribed, data: { externalHookId: "{{body.id}}" } },
      },
      detach: {
        url: "/api/v1/subscriptions/{{encodeURL(webhook.externalHookId)}}",
        method: "DELETE",
      },
      requiredScope: ["approvals:read", "approvals:write"],
    },
  };
}

/** Requires an id. Without it there is no subscription, and no scenario would ever start. */
const subscribed = {
  valid: {
    condition: "{{if(body.id, true, false)}}",
    type: "DataError",
    message: "[{{statusCode}}] The server's answer is not Sayso's: nothing is subscribed",
  },
};

/**
 * Renders a trigger that a webhook starts. A webhook in Make can't check a signature, because there is no raw body to
 * compute it over. So a call only says which object to read, with the one request that Make allows here
 * (developers.make.com, "Instant trigger").
 */
function instant({ trigger, watch, scope, samples, ...shown }: Shown): MakeComponent {
  const { id, label, request } = watch;
  return {
    kind: "module",
    id,
    manifest: {
      label,
      description: trigger.description,
      ...connected,
      webhook: id,
      moduleType: "instant_trigger",
    },
    code: {
      communication: request ? readRequest(request) : readEvent(trigger),
      staticParams: [],
      interface: shown.interface,
      samples,
      scope: [scope],
    },
  };
}

const readRequest = ({ condition }: NonNullable<MakeWatch["request"]>) => ({
  url: "/api/v1/approvals/{{encodeURL(payload.request_id)}}",
  method: "GET",
  response: {
    valid: {
      condition,
      type: "DataError",
      message: "Sayso doesn't confirm the webhook's data about the request {{body.id}}",
    },
    output: "{{body}}",
  },
});

/** Reads an event. The API reads no event by its id, so this looks it up among the newest of its type. */
const readEvent = ({ output }: TriggerSpecification) => ({
  url: "/api/v1/events",
  method: "GET",
  qs: { last: NEWEST_MAX, types: "{{payload.type}}" },
  response: {
    valid: {
      condition: "{{contains(map(body.data, 'id'), payload.id)}}",
      type: "DataError",
      message: `The event {{payload.id}} is not among the newest ${NEWEST_MAX} of its type`,
    },
    output: Object.fromEntries(
      output.map(({ key }) => [key, `{{first(map(body.data, '${key}', 'id', payload.id))}}`]),
    ),
  },
});

const limitParameter: MakeParameter = {
  name: "limit",
  label: "Limit",
  type: "uinteger",
  help: "The maximum number of bundles per run; the next run returns the rest",
  required: true,
  default: 10,
};

/**
 * Renders a trigger that polls by the time of the requests, or of the events, and reads everything later than the last
 * item handed out.
 */
function polling({ trigger, watch, scope, samples, ...shown }: Shown): MakeComponent {
  const { id, label, request } = watch;
  const { communication, epoch, parameters } = request
    ? pollRequests(request)
    : pollEvents(trigger);
  return {
    kind: "module",
    id: pollingId(id),
    manifest: {
      label: `${label} (Polling)`,
      description: trigger.description,
      ...connected,
      moduleType: "trigger",
    },
    code: {
      communication,
      epoch,
      staticParams: [...parameters, limitParameter],
      mappableParams: [],
      interface: shown.interface,
      samples,
      scope: [scope],
    },
  };
}

/** The time up to which a run reads, the same for all its pages. */
const temp = { until: `{{ifempty(temp.until, addSeconds(now, -${HELD_BACK_SECONDS}))}}` };

interface Polling {
  communication: object;
  epoch: object;
  /** The parameters beside the limit. */
  parameters: MakeParameter[];
}

function pollRequests(request: NonNullable<MakeWatch["request"]>): Polling {
  const { date, after, before, statuses } = request;
  const status: MakeParameter = {
    name: "status",
    label: "Statuses",
    type: "select",
    help: "Choose none to receive all",
    required: false,
    multiple: true,
    options: (statuses ?? []).map((value) => ({ label: titleCase(value), value })),
  };
  return {
    communication: {
      url: "/api/v1/approvals",
      method: "GET",
      temp,
      qs: {
        ...(statuses && {
          status: `{{ifempty(join(parameters.status, ','), '${statuses.join(",")}')}}`,
        }),
        [after]: "{{data.lastDate}}",
        [before]: "{{temp.until}}",
        page_size: PAGE_SIZE,
      },
      response: {
        valid: tooMany(`{{body.pagination.total <= ${RECORDS_MAX}}}`, `${RECORDS_MAX} requests`),
        limit: "{{parameters.limit}}",
        iterate: { container: "{{body.data}}", condition: "{{!item.is_log}}" },
        trigger: { type: "date", order: "unordered", id: "{{item.id}}", date: `{{item.${date}}}` },
        output: "{{item}}",
      },
      pagination: {
        qs: { page: "{{body.pagination.page + 1}}" },
        condition: "{{body.pagination.page < body.pagination.total_pages}}",
      },
    },
    epoch: epochOf("{{item.title}}", `{{item.${date}}}`),
    parameters: statuses ? [status] : [],
  };
}

/** Polls events. The API's feed goes on from a cursor, which Make can't store, so a run sees only the newest events. */
function pollEvents(trigger: TriggerSpecification): Polling {
  const { events, fields } = trigger;
  const types = fields.filter(({ key }) => key === "types");
  const all = events.join(",");
  const at = (date: string) => `parseDate(${date}, 'YYYY-MM-DDTHH:mm:ss.SSSZ')`;
  const oldest = `ifempty(first(map(body.data, 'created_at')), '1970-01-01T00:00:00.000Z')`;
  return {
    communication: {
      url: "/api/v1/events",
      method: "GET",
      temp,
      qs: {
        last: NEWEST_MAX,
        types: types.length > 0 ? `{{ifempty(join(parameters.types, ','), '${all}')}}` : all,
      },
      response: {
        // If the oldest event is later than the last one handed out, there can be others between them.
        valid: tooMany(
          `{{length(body.data) < ${NEWEST_MAX} | ${at(oldest)} <= data.lastDate}}`,
          `${NEWEST_MAX} events`,
        ),
        limit: "{{parameters.limit}}",
        iterate: {
          container: "{{body.data}}",
          condition: `{{${at("item.created_at")} < temp.until}}`,
        },
        trigger: { type: "date", order: "asc", id: "{{item.id}}", date: "{{item.created_at}}" },
        output: "{{item}}",
      },
    },
    epoch: epochOf(
      "{{item.type}}: {{ifempty(item.request.title, item.id)}}",
      "{{item.created_at}}",
    ),
    parameters: types.map(renderMakeField),
  };
}

const tooMany = (condition: string, most: string) => ({
  condition,
  type: "DataError",
  message: `More than ${most} since the last run, more than this trigger can read. Choose again where to start`,
});

const epochOf = (label: string, date: string) => ({
  response: { valid: true, limit: NEWEST_MAX, output: { label, date } },
});
