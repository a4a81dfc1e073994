import type { goalsOperations, ReplyOf } from "@sayso/catalogue";
import { createGoalsKey, goalsScopes } from "@sayso/core";
import { api, type Answer, type CallOptions, type TestOrganization } from "@sayso/testkit";

type Operations = typeof goalsOperations;
type Body<Name extends keyof Operations> = ReplyOf<Operations[Name]>["body"];
export type Objective = Body<"getObjective">;
export type KeyResult = Body<"getKeyResult">;
export type Kpi = Body<"getKpi">;
export type KpiUpdate = Body<"recordKpiUpdate">;
export type CheckIn = Body<"recordCheckIn">;
export type ReviewCycle = Body<"createReviewCycle">;
export type Cycle = Body<"createCycle">;
export type HeldChange = Extract<ReplyOf<Operations["updateKpi"]>, { status: 202 }>["body"];
/** The body of an error on this surface. */
export interface Refused {
  error: string;
  message?: string;
  retry_after_seconds?: number;
}

export interface GoalsApi {
  get: <Of>(path: string, query?: CallOptions["query"]) => Promise<Answer<Of>>;
  post: <Of>(path: string, body?: unknown) => Promise<Answer<Of>>;
  patch: <Of>(path: string, body: unknown) => Promise<Answer<Of>>;
  remove: <Of>(path: string) => Promise<Answer<Of>>;
}

/** Returns the goals API with one credential. Paths begin after /api/v1. */
export function goalsApi(url: string, credential: string | null): GoalsApi {
  const { call } = api(url, credential);
  const at = (path: string) => `/api/v1${path}`;
  return {
    get: (path, query) => call("GET", at(path), { query }),
    post: (path, body) => call("POST", at(path), { body }),
    patch: (path, body) => call("PATCH", at(path), { body }),
    remove: (path) => call("DELETE", at(path)),
  };
}

/** Creates a goals key of the organization with these scopes. Default: all scopes. */
export const addGoalsKey = (
  organization: TestOrganization,
  scopes: readonly string[] = goalsScopes,
) => createGoalsKey(organization.context, { name: "Goals bot", scopes });
