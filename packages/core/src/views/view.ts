import type { RequestStatus } from "../state-machine/state.ts";
import type { Priority } from "../priority.ts";

/** A list and its filters; absent means: any. */
export interface ViewQuery {
  list: "inbox" | "all" | "decided" | "mine";
  statuses?: RequestStatus[];
  priorities?: Priority[];
  search?: string;
  actionType?: string;
  source?: string;
  /** Made at most so many days ago. */
  withinDays?: number;
  createdAfter?: string;
  createdBefore?: string;
}

/** A list that a person keeps under a name, for nobody but themselves. */
export interface View {
  id: string;
  name: string;
  query: ViewQuery;
  createdAt: Date;
  updatedAt: Date;
}

export const viewColumns = `id, name, query, created_at as "createdAt", updated_at as "updatedAt"`;
