import { personBehind, referTo, type ActorReference } from "../actors/actor.ts";
import type {
  EventHint,
  Failpoints,
  NewIds,
  OrganizationPool,
  RequestHint,
  Secrets,
  WorkHint,
} from "../capabilities.ts";
import type { Context } from "../context.ts";
import { DomainError, notFound } from "../errors.ts";
import { loadVisible } from "./load-visible.ts";
import { claimCallback } from "./claim-callback.ts";
import { toWrite, type CommitOutcome, type Committer } from "./commit.ts";
import type { DeliveryPlaces } from "../deliveries/claim-deliveries.ts";
import { isRefusedByStop, type Command, type Refusal } from "../state-machine/judgement.ts";
import type { LoadedRequest, RequestLoader } from "./load.ts";
import { judge } from "../state-machine/machine.ts";
import type { RequestState } from "../state-machine/state.ts";

/** A command that took effect: the request before it, and after it as committed. */
export interface Performed {
  loaded: LoadedRequest;
  command: Command;
  after: RequestState;
}

/**
 * The number of times that a command is judged again because another change was faster. In each round some change got
 * through.
 */
const ROUNDS_MAX = 100;

/** The capabilities for committing a transition, with its callback and the hints that follow. */
export interface Committing
  extends
    Committer,
    DeliveryPlaces,
    NewIds,
    Secrets,
    EventHint,
    WorkHint,
    RequestHint,
    Failpoints {}

/** The capabilities that {@link perform} needs, and so every verb that decides, changes or ends a request. */
export interface Performing extends Committing, RequestLoader, OrganizationPool {}

/**
 * Changes a request. It is the only way: it reads the request, lets the state machine judge, and commits if the request
 * is still what was judged. Otherwise it begins again.
 *
 * @param prepare makes the command from the loaded request, and throws if the actor may not give it
 * @throws DomainError the machine's refusal, `not_found`, `emergency_stop`, `unavailable`
 */
export async function perform(
  context: Context<Performing>,
  requestId: string,
  prepare: (loaded: LoadedRequest) => Command | Promise<Command>,
): Promise<Performed> {
  const { actor } = context;
  const personId = personBehind(actor);
  let isDeadlineMet = false;
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const loaded = await loadVisible(context, requestId, personId);
    if (!loaded) throw notFound("Request");
    const command = await prepare(loaded);
    if (loaded.stopped && isRefusedByStop(command)) throw emergencyStopActive();

    const outcome = await judgeAndCommit(context, loaded, command, referTo(actor));
    if (outcome === "stopped") throw emergencyStopActive();
    if (outcome === "stale") continue;
    if ("refusal" in outcome) {
      if (outcome.refusal.reason !== "deadline_passed" || isDeadlineMet)
        throw refused(outcome.refusal);
      // A vote that was in time can have been committed after this read. Only now is it certain how the request ended.
      await meetDeadlines(context, [requestId]);
      isDeadlineMet = true;
      continue;
    }
    return { loaded, command, after: outcome.after };
  }
  throw new DomainError(
    "unavailable",
    "This request is changing too fast right now; try again in a moment",
  );
}

async function judgeAndCommit(
  context: Context<Committing>,
  loaded: LoadedRequest,
  command: Command,
  by: ActorReference,
): Promise<{ refusal: Refusal } | { after: RequestState } | "stale" | "stopped"> {
  const { services, organizationId } = context;
  const { transition, refusal } = judge(loaded.state, command, loaded.now);
  if (!transition) return { refusal };
  const decider = loaded.member?.personId === transition.next.decidedBy ? loaded.member : null;
  const write = toWrite(loaded, command, transition, by, decider, services.newId);
  services.reach("before_commit");
  const isApproval = loaded.state.status === "pending" && transition.next.status === "approved";
  const appliesChange = loaded.row.isChange && isApproval;
  const claim = appliesChange ? null : claimCallback(context, loaded, write);
  let outcome: CommitOutcome | null = null;
  try {
    outcome = appliesChange
      ? await services.commitChange({ organizationId, actor: context.actor }, write)
      : await services.commitTransition(organizationId, claim?.write ?? write);
  } finally {
    claim?.settle(outcome);
  }
  if (outcome !== "committed") return outcome;
  services.reach("after_commit");
  if (write.deliveries.length > 0 && !claim) services.wakeWorker();
  services.eventsWritten();
  services.requestsChanged([loaded.state.id]);
  return { after: { ...transition.next, version: loaded.state.version + 1 } };
}

/**
 * Ends those of these requests whose deadline has passed, by the database's clock. The others stay as they are. Safe to
 * call from any number of processes at once.
 *
 * @throws DomainError `unavailable`: one of them is changing too fast; the others have been dealt with
 */
export async function meetDeadlines(
  context: Pick<Context<Committing & RequestLoader>, "services" | "organizationId">,
  requestIds: readonly string[],
): Promise<void> {
  await giveToEach(context, requestIds, { kind: "meet_deadline" });
}

/**
 * Cancels those of these requests that are pending, because the organization's emergency stop is on.
 *
 * @throws DomainError `unavailable`, as `meetDeadlines`
 */
export async function stopRequests(
  context: Pick<Context<Committing & RequestLoader>, "services" | "organizationId">,
  requestIds: readonly string[],
  stop: { by: string | null; reason: string | null },
): Promise<void> {
  await giveToEach(context, requestIds, { kind: "stop", ...stop });
}

async function giveToEach(
  context: Pick<Context<Committing & RequestLoader>, "services" | "organizationId">,
  requestIds: readonly string[],
  command: Command,
) {
  const { services, organizationId } = context;
  const full: Context<Committing & RequestLoader> = {
    services,
    organizationId,
    actor: { kind: "system" },
  };
  await settleAll(
    requestIds.map(async (id) => {
      for (let round = 0; round < ROUNDS_MAX; round++) {
        const loaded = await services.loadRequest(organizationId, { id, personId: null });
        if (
          !loaded ||
          (await judgeAndCommit(full, loaded, command, { kind: "system", id: null })) !== "stale"
        )
          return;
      }
      throw new DomainError(
        "unavailable",
        `Request ${id} is changing too fast to be ended (${command.kind}); it is tried again`,
      );
    }),
  );
}

/**
 * Waits for all promises, even if some fail: a failure of one request delays no other.
 *
 * @throws the first failure
 */
export async function settleAll(work: readonly Promise<unknown>[]): Promise<void> {
  const outcomes = await Promise.allSettled(work);
  const failed = outcomes.find((outcome) => outcome.status === "rejected");
  if (failed) throw failed.reason;
}

function refused(refusal: Refusal): DomainError {
  return new DomainError(refusal.code, refusal.message, {
    details: { reason: refusal.reason, ...refusal.details },
  });
}

/** The error that creating and deciding throw while the organization's emergency stop is on. */
export function emergencyStopActive(): DomainError {
  return new DomainError(
    "emergency_stop",
    "The emergency stop is active: nothing can be asked or decided until an admin lifts it",
  );
}
