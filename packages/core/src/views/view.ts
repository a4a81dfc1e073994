import type { RequestStatus } from "../requests/values.ts";
import type { Priority } from "../priority.ts";

/** A list and its filters. An absent filter means any. */
export interface ViewQuery {
  list: "inbox" | "all" | "decided" | "mine";
  statuses?: RequestStatus[];
  priorities?: Priority[];
  search?: string;
  actionType?: string;
  source?: string;
  /** The greatest age of a request, in days. */
  withinDays?: number;
  createdAfter?: string;
  createdBefore?: string;
}

/** A list with filters that a person keeps under a name. Nobody else sees it. */
export interface View {
  id: string;
  name: string;
  query: ViewQuery;
  createdAt: Date;
  updatedAt: Date;
}

export const viewColumns = `id, name, query, created_at as "createdAt", updated_at as "updatedAt"`;
