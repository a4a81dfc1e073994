/** What a project may ask: `free` so many requests a month, `pro` any number. */
export const projectPlans = ["free", "pro"] as const;
export type ProjectPlan = (typeof projectPlans)[number];

export interface DefaultPlan {
  /** What a project (a connection, on the requests surface) may ask a month, unless the operator set its own plan. */
  defaultPlan: ProjectPlan;
}

/** Requests a month of a project whose plan is `free`. */
export const FREE_REQUESTS_A_MONTH = 50;
