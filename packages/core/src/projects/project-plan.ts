/** What a project may ask: `free` so many requests a month, `pro` any number. */
export const projectPlans = ["free", "pro"] as const;
export type ProjectPlan = (typeof projectPlans)[number];
