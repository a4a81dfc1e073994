/**
 * A request in the app's code, limited to the directives that the code contains
 * (developers.make.com/custom-apps-documentation/component-blocks/api). Every text can be a template.
 */
export interface RequestDirectives {
  baseUrl?: string;
  url?: string;
  method?: string;
  headers?: Record<string, unknown>;
  qs?: Record<string, unknown>;
  body?: unknown;
  type?: string;
  temp?: Record<string, unknown>;
  condition?: unknown;
  log?: { sanitize?: string[] };
  response?: ResponseDirectives;
  pagination?: PaginationDirectives;
}

export interface ResponseDirectives {
  type?: string;
  temp?: Record<string, unknown>;
  valid?: unknown;
  error?: string | ErrorDirectives;
  limit?: unknown;
  iterate?: string | { container: string; condition?: unknown };
  output?: unknown;
  trigger?: TriggerDirectives;
  data?: Record<string, unknown>;
  uid?: unknown;
  metadata?: { type: string; value: string };
  expires?: string;
}

export type ErrorDirectives = { message?: string; type?: string } & Partial<
  Record<`${number}`, { message?: string; type?: string }>
>;

export interface PaginationDirectives {
  mergeWithParent?: boolean;
  url?: string;
  method?: string;
  headers?: Record<string, unknown>;
  qs?: Record<string, unknown>;
  body?: unknown;
  condition?: unknown;
}

export interface TriggerDirectives {
  type: "id" | "date";
  order: "asc" | "desc" | "unordered";
  id: string;
  date?: string;
}

/** The directives with which a webhook reads a call and answers it (…/app-components/webhooks). */
export interface WebhookDirectives {
  verification?: { condition?: unknown; respond?: RespondDirectives };
  condition?: unknown;
  respond?: RespondDirectives;
  iterate?: string | { container: string; condition?: unknown };
  output?: unknown;
  uid?: unknown;
}

export interface RespondDirectives {
  type?: "json" | "urlencoded" | "text";
  status?: number | string;
  headers?: Record<string, unknown>;
  body?: unknown;
}

const ofRequests = [
  ...["baseUrl", "url", "method", "headers", "qs", "body", "type", "temp", "condition", "log"],
  ...["response", "pagination"],
];
const ofResponses = [
  ...["type", "temp", "valid", "error", "limit", "iterate", "output", "trigger", "data", "uid"],
  ...["metadata", "expires"],
];

/** Refuses directives that this interpreter doesn't implement, so that it ignores nothing in the app. */
export function requireKnown(request: RequestDirectives): void {
  const { response = {}, pagination = {} } = request;
  const unknown = [
    ...Object.keys(request).filter((key) => !ofRequests.includes(key)),
    ...Object.keys(response).filter((key) => !ofResponses.includes(key)),
    ...Object.keys(pagination).filter(
      (key) => key !== "mergeWithParent" && !ofRequests.includes(key),
    ),
  ];
  if (unknown.length > 0)
    throw new TypeError(`The interpreter doesn't know the directive ${unknown.join(", ")}`);
}
