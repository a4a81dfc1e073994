/** Kinds of events as people tell them apart; each is some families of types. */
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

/** What only those are shown who administer the organization. */
export const kindsForAdmins: ReadonlySet<ActivityKind> = new Set([
  "people",
  "signIns",
  "access",
  "settings",
]);

/** Parts of a kind that only admins may ask for. */
const familiesForAdmins = new Set(["entity.*", "entity_type.*", "flow.*"]);

/** What the activity page is narrowed to; it stands in its address. */
export interface ActivitySearch {
  kind?: ActivityKind;
  /** A person's or a connection's id. */
  actor?: string;
  /** A request's id. */
  request?: string;
  /** The id of whatever is told of. */
  about?: string;
  /** Days, `2026-03-25`, in the zone of whoever looks; both are shown. */
  from?: string;
  to?: string;
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const day = /^\d{4}-\d{2}-\d{2}$/;

/** Whatever stands in an address, as far as it means something. */
export function readActivitySearch(search: Record<string, unknown>): ActivitySearch {
  const read = (name: string, form: RegExp): string | undefined => {
    const value = search[name];
    return typeof value === "string" && form.test(value) ? value : undefined;
  };
  const { kind } = search;
  return {
    kind:
      typeof kind === "string" && Object.hasOwn(activityKinds, kind)
        ? (kind as ActivityKind)
        : undefined,
    actor: read("actor", uuid),
    request: read("request", uuid),
    about: read("about", uuid),
    from: read("from", day),
    to: read("to", day),
  };
}

/** A day's beginning where one is, as the API takes times. */
const beginningOf = (text: string, daysLater = 0): string => {
  const [year = 0, month = 1, date = 1] = text.split("-").map(Number);
  return new Date(year, month - 1, date + daysLater).toISOString();
};

/** The same as the API is asked for it. */
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
