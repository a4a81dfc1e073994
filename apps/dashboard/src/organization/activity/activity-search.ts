import { isKeyOf } from "@sayso/exact-json";

/** The kinds of events that people choose from. Each kind covers some families of types. */
export const activityKinds = {
  requests: ["approval.*"],
  changes: ["change.*", "entity.*", "entity_type.*", "flow.*"],
  goals: ["objective.*", "key_result.*", "checkin.*", "kpi.*", "cycle.*", "review_cycle.*"],
  webhooks: ["delivery.*", "subscription.*"],
  people: ["person.*", "team.*", "review.*"],
  signIns: ["session.*"],
  access: ["connection.*", "connections.*", "client.*", "grant.*", "token.*"],
  settings: ["organization.*", "emergency_stop.*", "template.*", "mail.*"],
} as const satisfies Record<string, readonly string[]>;

export type ActivityKind = keyof typeof activityKinds;

/** The kinds that only admins and owners see. */
export const kindsForAdmins: ReadonlySet<ActivityKind> = new Set([
  "people",
  "signIns",
  "access",
  "settings",
]);

/** The families within other kinds that only admins and owners can ask for. */
const familiesForAdmins = new Set(["entity.*", "entity_type.*", "flow.*"]);

/** The filters of the activity page, as its address holds them. */
export interface ActivitySearch {
  kind?: ActivityKind;
  /** The id of the person or connection that acted. */
  actor?: string;
  /** A request's id. */
  request?: string;
  /** The id of the thing that the event is about. */
  about?: string;
  /** The first and the last day, `2026-03-25`, in the viewer's time zone. Both days are shown. */
  from?: string;
  to?: string;
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const day = /^\d{4}-\d{2}-\d{2}$/;

/** Reads the filters from an address. A value that makes no sense counts as absent. */
export function readActivitySearch(search: Record<string, unknown>): ActivitySearch {
  const read = (name: string, form: RegExp): string | undefined => {
    const value = search[name];
    return typeof value === "string" && form.test(value) ? value : undefined;
  };
  const { kind } = search;
  return {
    kind: isKeyOf(activityKinds, kind) ? kind : undefined,
    actor: read("actor", uuid),
    request: read("request", uuid),
    about: read("about", uuid),
    from: read("from", day),
    to: read("to", day),
  };
}

/** Returns the beginning of a day in the viewer's time zone, in the API's format for times. */
const beginningOf = (text: string, daysLater = 0): string => {
  const [year = 0, month = 1, date = 1] = text.split("-").map(Number);
  return new Date(year, month - 1, date + daysLater).toISOString();
};

/** Converts the filters into the API's input. */
export function filtersOf(search: ActivitySearch, administers: boolean) {
  const { kind, actor, request, about, from, to } = search;
  const families =
    kind && activityKinds[kind].filter((one) => administers || !familiesForAdmins.has(one));
  return {
    ...(families && { types: families }),
    ...(actor !== undefined && { actor_id: actor }),
    ...(request !== undefined && { request_id: request }),
    ...(about !== undefined && { about }),
    ...(from !== undefined && { from: beginningOf(from) }),
    ...(to !== undefined && { to: beginningOf(to, 1) }),
  };
}
