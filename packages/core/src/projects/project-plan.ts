/** The plans of a project. `free`: `FREE_REQUESTS_A_MONTH` requests a month; `pro`: any number. */
export const projectPlans = ["free", "pro"] as const;
export type ProjectPlan = (typeof projectPlans)[number];

export interface DefaultPlan {
  /** The plan of a project (a connection, on the requests surface) for which the operator set none. */
  defaultPlan: ProjectPlan;
}

/** The number of requests a month that the plan `free` allows. */
export const FREE_REQUESTS_A_MONTH = 50;
