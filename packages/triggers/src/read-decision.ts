import { textOrNull } from "./item.ts";
import {
  describeOutcome,
  outcomeOf,
  outcomes,
  type OutcomeKind,
  type OutcomeRule,
} from "./outcome.ts";
import { messageOf, refusalCode, type Port, type ReadRequest } from "./port.ts";

/** The present decision of a request as the server gives it, and its consequences. */
export interface Decision extends Omit<OutcomeRule, "message" | "nobody"> {
  kind: OutcomeKind;
  /** A sentence for people that names the person and the reason. */
  message: string;
  /** The person who decided, and the connection through which they did, as far as the server names them. */
  who: string | null;
  /** Their comment. */
  why: string | null;
  /** The request as the server shows it; null where it knows no such request. */
  request: ReadRequest | null;
}

/**
 * Asks the server for the outcome of a request. An automation must act only on this, whatever a callback, a webhook or
 * a resume link said: those only say that it is time to ask.
 *
 * - A request that the server doesn't know is an error, and so is an answer about another request.
 * - A server that can't be asked is no decision: the port's error is thrown, and the automation waits on.
 */
export async function readDecision(
  port: Pick<Port, "getRequest">,
  requestId: string,
): Promise<Decision> {
  let request: ReadRequest;
  try {
    request = await port.getRequest(requestId);
  } catch (error) {
    if (refusalCode(error) !== "NOT_FOUND") throw error;
    return conclude("error", null, null, messageOf(error));
  }
  if (!requestId || request.id !== requestId) {
    return conclude("error", null, null, "the server answered with another request");
  }
  const kind = outcomeOf(request);
  const why = kind === "error" ? doubt(request) : textOrNull(request.decision_comment);
  return conclude(kind, request, whoDecided(request), why);
}

function conclude(
  kind: OutcomeKind,
  request: ReadRequest | null,
  who: string | null,
  why: string | null,
): Decision {
  const { message: _template, nobody: _nobody, ...rule } = outcomes[kind];
  const message = describeOutcome(kind, { title: request?.title, who, why });
  return { ...rule, kind, message, who, why, request };
}

const doubt = ({ is_log, status }: ReadRequest): string =>
  is_log === true
    ? "it is an entry of the activity log, which asks nothing"
    : `its status is ${JSON.stringify(status)}, which this version doesn't know`;

function whoDecided(request: ReadRequest): string | null {
  const named = textOrNull(request.decided_by_full_name);
  if (named !== null) return named;
  // A server of an earlier release doesn't name the person with the machine.
  const person = textOrNull(request.decided_by_name) ?? textOrNull(request.decided_by);
  const app = request.decided_via?.kind === "app" ? request.decided_via.name : null;
  const connection = textOrNull(request.decided_via_connection_name ?? app);
  if (connection === null) return person;
  return person === null ? connection : `${person} through ${connection}`;
}
