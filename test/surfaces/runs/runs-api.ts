import { api, type Answer } from "@sayso/testkit";

export interface WireFlow {
  id: string;
  organizationId: string;
  workspaceId: string;
  ownerId: string | null;
  name: string;
  description: string;
  objectType: string;
  objectAction: string;
  tags: { key: string; value: string }[];
  steps: { type: string; reviewers: { type: string; id: string }[]; message: string | null }[];
  status: "active" | "deleted";
}

export interface WireRun {
  id: string;
  approvalFlowId: string;
  organizationId: string;
  workspaceId: string;
  status: "pending" | "approved" | "denied";
  activeStep: number;
  previousObject: Record<string, unknown>;
  object: Record<string, unknown>;
  invoker: { type: string; id: string };
  tags: { key: string; value: string }[];
  results: { reviewer: { type: string; id: string }; result: string; comment: string }[];
  createdAt: string;
  updatedAt: string;
  difference?: { path: string; before?: unknown; after?: unknown }[];
}

export interface Stretch<Item> {
  results: Item[];
  nextPageToken?: string;
}

export interface RunsError {
  code: string;
  message: string;
  details?: { fields?: { field: string; message: string }[] };
}

type Query = Record<string, string | number | boolean | undefined>;

export type Reviewers = { type: "user" | "team"; id: string }[];

/** Returns a step as flows contain it. */
export const step = (type: "any" | "all", ...reviewers: Reviewers) => ({ type, reviewers });
export const user = ({ id }: { id: string }) => ({ type: "user" as const, id });
export const team = ({ id }: { id: string }) => ({ type: "team" as const, id });

/** The runs API with one credential. */
export type RunsApi = ReturnType<typeof runsApi>;

/** @param authorization the whole header, such as `AccessKey gk_…` */
export function runsApi(url: string, organizationId: string, authorization: string | null) {
  const { call } = api(url, null);
  const send = <Of>(method: string, path: string, more: { body?: unknown; query?: Query } = {}) =>
    call<Of & RunsError>(method, `/organizations/${organizationId}/approvals${path}`, {
      ...more,
      headers: authorization === null ? {} : { Authorization: authorization },
    });
  return {
    send,
    listFlows: (query?: Query) => send<Stretch<WireFlow>>("GET", "", { query }),
    createFlow: (flow: Record<string, unknown>) =>
      send<WireFlow>("POST", "", {
        body: {
          name: "Price changes",
          description: "Sales, then finance",
          objectType: "price",
          objectAction: "update",
          ...flow,
        },
      }),
    getFlow: (flowId: string) => send<WireFlow>("GET", `/${flowId}`),
    updateFlow: (flowId: string, body: Record<string, unknown>) =>
      send<WireFlow>("PATCH", `/${flowId}`, { body }),
    deleteFlow: (flowId: string) => send<WireFlow>("DELETE", `/${flowId}`),
    listRuns: (flowId: string, query?: Query) =>
      send<Stretch<WireRun>>("GET", `/${flowId}/runs`, { query }),
    start: (flowId: string, body: Record<string, unknown> = {}) =>
      send<WireRun>("POST", `/${flowId}/runs`, { body }),
    getRun: (flowId: string, runId: string) => send<WireRun>("GET", `/${flowId}/runs/${runId}`),
    review: (flowId: string, runId: string, result: string, comment?: string) =>
      send<WireRun>("POST", `/${flowId}/runs/${runId}/results`, { body: { result, comment } }),
  };
}

/** Returns the body of an answer. @throws if the answer has another status */
export function bodyOf<Of>(answer: Answer<Of>, status = 200): Of {
  if (answer.status === status) return answer.body;
  throw new Error(`${answer.status} instead of ${status}: ${JSON.stringify(answer.body)}`);
}
