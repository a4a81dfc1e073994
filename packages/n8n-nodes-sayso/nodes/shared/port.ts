import type { Port } from "@sayso/triggers";
import { callSayso, type Call, type Caller } from "./api.ts";

/** Makes the port of packages/triggers to the API, with the node's credential. */
export function portOf(caller: Caller): Port {
  const call = <Of>(
    method: "GET" | "POST" | "DELETE",
    path: string,
    given: Pick<Call, "query" | "body"> = {},
  ) => callSayso<Of>(caller, { method, path, ...given });
  const joined = (types?: readonly string[]) => (types?.length ? { types: types.join(",") } : {});
  const one = (id: string) => `/api/v1/subscriptions/${encodeURIComponent(id)}`;
  return {
    listEvents: ({ types, ...query }) =>
      call("GET", "/api/v1/events", { query: { ...query, ...joined(types) } }),
    createSubscription: (body) => call("POST", "/api/v1/subscriptions", { body: { ...body } }),
    getSubscription: (id) => call("GET", one(id)),
    deleteSubscription: (id) => call("DELETE", one(id)),
    getRequest: (id) => call("GET", `/api/v1/approvals/${encodeURIComponent(id)}`),
  };
}
