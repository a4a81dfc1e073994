import {
  requireKnown,
  type PaginationDirectives,
  type RequestDirectives,
  type ResponseDirectives,
} from "./directives.ts";
import { fillIn, type Scope } from "./evaluate.ts";
import { MakeError, type MakeErrorType } from "./make-error.ts";
import { send, type Answer, type LogEntry } from "./send.ts";
import { toText } from "./values.ts";

/**
 * The largest number of pages that Make requests in one run, the first included (…/component-blocks/api/pagination).
 */
const REQUESTS_MAX = 50;

/** A piece of the app's code and the data with which it runs. */
export interface Communication {
  requests: RequestDirectives | RequestDirectives[];
  /** null: the code doesn't inherit from the app's base. */
  base: RequestDirectives | null;
  scope: Scope;
  log: LogEntry[];
}

/** An item of an answer, with everything that the expressions about it can see. */
export interface Item {
  value: unknown;
  scope: Scope;
}

/** A page of a communication's answer. */
export interface Page {
  /** The items for which `iterate.condition` is true. Without `iterate` the whole answer is one item. */
  items: Item[];
  response: ResponseDirectives;
  scope: Scope;
}

/**
 * Runs a communication page by page, in the order of the documentation
 * (developers.make.com/custom-apps-documentation/component-blocks/api): temp → condition → request → response.temp →
 * valid → iterate, then, when the caller asks for more, pagination. Of several requests only the last one has items;
 * the values that the earlier ones left in `temp` stay. A request whose condition is false is skipped and has no page.
 *
 * @throws MakeError as `send`
 */
export async function* communicate(communication: Communication): AsyncGenerator<Page, void, void> {
  const { requests, base, log } = communication;
  const all = Array.isArray(requests) ? requests : [requests];
  let temp: Record<string, unknown> = {};
  for (const [index, request] of all.entries()) {
    requireKnown(request);
    let answered: Scope = {};
    for (let next: RequestDirectives = request, page = 1; ; page++) {
      const known: Scope = { ...communication.scope, ...answered, pagination: { page } };
      // The entries of one temp don't see each other, only the values before.
      temp = {
        ...temp,
        ...(fillIn({ ...base?.temp, ...next.temp }, { ...known, temp }) as object),
      };
      const before: Scope = { ...known, temp };
      if (!holds(next.condition, before)) break;
      const { answer, response } = await send(next, base, before, log);
      temp = { ...temp, ...(fillIn(response.temp ?? {}, { ...before, ...answer }) as object) };
      const scope: Scope = { ...before, ...answer, temp };
      requireValid(response, answer, scope);
      if (index < all.length - 1) break;
      yield { items: itemsOf(response, scope), response, scope };
      const paging = request.pagination ?? base?.pagination;
      if (!paging || page >= REQUESTS_MAX || !holds(paging.condition, scope)) break;
      next = nextPage(request, paging);
      answered = { ...answer };
    }
  }
}

/**
 * Evaluates a condition. A missing one is true; texts are templates (…/component-blocks/api/making-requests/condition).
 */
function holds(condition: unknown, scope: Scope): boolean {
  if (condition === undefined) return true;
  const value = fillIn(condition, scope);
  return Boolean(value) && value !== "false";
}

/**
 * Builds the request of the next page. It is merged with the request before, unless it says otherwise, and sees its
 * answer.
 */
function nextPage(
  request: RequestDirectives,
  { condition: _, mergeWithParent = true, ...own }: PaginationDirectives,
): RequestDirectives {
  if (!mergeWithParent)
    return { ...own, response: request.response, pagination: request.pagination };
  return {
    ...request,
    ...own,
    headers: { ...request.headers, ...own.headers },
    qs: { ...request.qs, ...own.qs },
  };
}

/** Throws unless an answer is valid (…/component-blocks/api/handling-responses/valid). */
export function requireValid(
  { valid, error }: ResponseDirectives,
  answer: Answer,
  scope: Scope,
): void {
  const spec =
    valid !== null && typeof valid === "object" ? (valid as Validity) : { condition: valid };
  if (holds(spec.condition, scope)) return;
  const general = typeof error === "string" ? error : error?.message;
  const message = toText(fillIn(spec.message ?? general, scope)) || "The answer is not valid";
  const type = (toText(fillIn(spec.type, scope)) || "RuntimeError") as MakeErrorType;
  throw new MakeError(type, message, answer.statusCode);
}

interface Validity {
  condition?: unknown;
  message?: string;
  type?: string;
}

function itemsOf({ iterate }: ResponseDirectives, scope: Scope): Item[] {
  if (iterate === undefined) return [{ value: scope.body, scope }];
  const { container, condition } =
    typeof iterate === "string" ? { container: iterate, condition: undefined } : iterate;
  const found = fillIn(container, scope);
  return (Array.isArray(found) ? (found as unknown[]) : [])
    .map((value) => ({ value, scope: { ...scope, item: value } }))
    .filter((item) => holds(condition, item.scope));
}

/**
 * Returns the bundle of an item. Without `output` it is the item itself
 * (…/component-blocks/api/handling-responses/output).
 */
export const outputOf = ({ output }: ResponseDirectives, { value, scope }: Item): unknown =>
  output === undefined ? value : fillIn(output, scope);

/**
 * Runs a communication to its end, or to its limit, which also ends the paging
 * (…/component-blocks/api/handling-responses/limit). @returns bundles
 */
export async function collect(communication: Communication): Promise<unknown[]> {
  const bundles: unknown[] = [];
  for await (const { items, response, scope } of communicate(communication)) {
    const limit = response.limit === undefined ? Infinity : Number(fillIn(response.limit, scope));
    for (const item of items) {
      if (bundles.length >= limit) return bundles;
      bundles.push(outputOf(response, item));
    }
    if (bundles.length >= limit || items.length === 0) return bundles;
  }
  return bundles;
}
