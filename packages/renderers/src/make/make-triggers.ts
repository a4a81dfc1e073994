import type { Declarations } from "@sayso/catalogue";
import { connected, type MakeComponent } from "./make-component.ts";
import { PAGE_SIZE } from "./make-modules.ts";
import { watchOf, type MakeWatch } from "./make-variants.ts";
import { renderMakeField, renderMakeOutput, type MakeParameter } from "./make.ts";
import type { OperationSpecification, TriggerSpecification } from "../specification.ts";
import { titleCase } from "../title-case.ts";

/** Make looks at no more records in a run (best practices, "Trigger modules"). */
const RECORDS_MAX = 3200;
/**
 * How long after something happened a poll sees it. A transaction carries the time at which it began: one that commits
 * late would otherwise lie before what was handed out already. Five seconds would do; the rest is for clocks that differ.
 */
const HELD_BACK_SECONDS = 30;
/** How far the epoch panel looks back, and how many of the newest events a webhook is looked up among. */
const NEWEST_MAX = 100;

export const pollingId = (id: string): string => `${id}Polling`;

interface Shown {
  trigger: TriggerSpecification;
  watch: MakeWatch;
  scope: string;
  /** What a bundle holds. */
  interface: MakeParameter[];
  samples: unknown;
}

/**
 * Every trigger twice: told at once by a webhook, and asking now and then. What they give is what the server says when it
 * is asked, never what came in.
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
    const shown: Shown = {
      trigger,
      watch,
      scope: declarations.triggers[trigger.name]!.scope,
      interface: given.output.map(renderMakeOutput),
      samples: given.sample,
    };
    return [webhook(shown), instant(shown), polling(shown)];
  });

/** Of the events that somebody chose, or of all that the trigger fires on. */
function eventTypes({ events, fields }: TriggerSpecification): unknown {
  if (!fields.some(({ key }) => key === "types")) return [...events];
  return `{{if(length(ifempty(parameters.types, '')) > 0, parameters.types, split('${events.join(",")}', ','))}}`;
}

/** A subscription, made and deleted with the scenario's webhook. The server filters. */
function webhook({ trigger, watch: { id, label } }: Shown): MakeComponent {
  const filters = trigger.fields.filter(({ key }) => key !== "types");
  return {
    kind: "webhook",
    id,
    manifest: { label, ...connected, webhookType: "web" },
    code: {
      communication: {
        // What "send a test" sends is answered, and starts nothing.
        verification: {
          condition: "{{body.type = 'subscription.tested'}}",
          respond: { type: "text", status: 200, body: "Heard" },
        },
        condition: `{{contains(split('${trigger.events.join(",")}', ','), body.type)}}`,
        // Nothing of what came in goes on but where to look.
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

/** Without an id there is no subscription, and no scenario would ever start. */
const subscribed = {
  valid: {
    condition: "{{if(body.id, true, false)}}",
    type: "DataError",
    message: "[{{statusCode}}] The server did not answer as Sayso does: nothing is subscribed",
  },
};

/**
 * A webhook in Make can't check a signature: there is no raw body to compute it over. So a call only says where to look,
 * with the one request that Make allows here (developers.make.com, "Instant trigger").
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
      message: "The webhook told of the request {{body.id}} what Sayso doesn't confirm",
    },
    output: "{{body}}",
  },
});

/** The API reads no event by its id: it is looked up among the newest of its type. */
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
  help: "How many bundles one run gives at most; what is left comes with the next",
  required: true,
  default: 10,
};

/** By the time of the requests, or of the events, over all that is later than what was handed out last. */
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

/** Up to when a run looks: the same for all of its pages. */
const temp = { until: `{{ifempty(temp.until, addSeconds(now, -${HELD_BACK_SECONDS}))}}` };

interface Polling {
  communication: object;
  epoch: object;
  /** Besides the limit. */
  parameters: MakeParameter[];
}

function pollRequests(request: NonNullable<MakeWatch["request"]>): Polling {
  const { date, after, before, statuses } = request;
  const status: MakeParameter = {
    name: "status",
    label: "Statuses",
    type: "select",
    help: "Only these; nothing chosen: all of them",
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

/** The API's feed goes on by a cursor, which Make can't keep: the newest ones are all that a run can see. */
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
        // Where the oldest one is later than what was handed out last, there may be others between them.
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
  message: `More than ${most} since the last run, which is all that can be seen: choose again where to start`,
});

const epochOf = (label: string, date: string) => ({
  response: { valid: true, limit: NEWEST_MAX, output: { label, date } },
});
