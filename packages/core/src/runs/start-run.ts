import { connectionOf } from "../actors/actor.ts";
import { createApproval } from "../asking/create.ts";
import { findEarlier } from "../asking/earlier-request.ts";
import { hashBody } from "../asking/idempotency.ts";
import type { Context } from "../context.ts";
import type { Asking } from "../asking/create.ts";
import { DomainError } from "../errors.ts";
import type { Tag } from "../flows/flow.ts";
import { getFlow } from "../flows/get-flow.ts";
import { layOutSteps } from "../flows/lay-out-steps.ts";
import { diffObjects } from "./diff-objects.ts";
import { getRun } from "./get-run.ts";
import type { Run, RunMetadata } from "./run.ts";
import { showDifferences } from "./show-difference.ts";

export interface StartRunInput {
  /** Default: the flow's name. */
  title?: string;
  previousObject: Record<string, unknown>;
  object: Record<string, unknown>;
  /** Default: the flow's tags. */
  tags?: Tag[];
  callbackUrl?: string;
  expiresAt?: Date;
  idempotencyKey?: string;
}

/**
 * Asks the flow's reviewers to approve a change. The run is a request like any other. Its steps are the flow's, its
 * action type is `<objectType>.<objectAction>`, its metadata hold both objects, and its rich context shows their
 * differences.
 *
 * @param body the body as the caller sent it, to compare calls with the same idempotency key
 * @throws DomainError the errors of `createApproval`; `not_found`; `invalid_state`: the flow is deleted;
 *   `validation_failed`: the flow's reviewers can't decide it any more
 */
export async function startRun(
  context: Context<Asking>,
  flowId: string,
  input: StartRunInput,
  body: unknown,
): Promise<{ run: Run; isNew: boolean }> {
  const asked = { flow: flowId, body };
  // A run that an earlier call started is returned, even if it would be refused now.
  const found = await findEarlier(context, { key: input.idempotencyKey, hash: hashBody(asked) });
  if (found) return { run: await getRun(context, flowId, found.earlier.id), isNew: false };
  const flow = await getFlow(context, flowId);
  if (flow.status === "deleted")
    throw new DomainError("invalid_state", "This flow was deleted: it can't start runs");
  const steps = await layOutSteps(context, flow.steps);
  const { previousObject, object } = input;
  const metadata: RunMetadata = {
    objectType: flow.objectType,
    objectAction: flow.objectAction,
    previousObject,
    object,
    tags: input.tags ?? flow.tags,
  };
  const defaults = connectionOf(context.actor);
  const { record, isNew } = await createApproval(
    context,
    {
      title: input.title ?? flow.name,
      description: flow.description,
      priority: defaults?.defaultPriority ?? "medium",
      actionType: `${flow.objectType}.${flow.objectAction}`,
      metadata,
      contextHtml: showDifferences(diffObjects(previousObject, object)),
      ...(steps.length > 0 && { steps, isSequential: true }),
      callbackUrl: input.callbackUrl,
      expiresAt: input.expiresAt,
      idempotencyKey: input.idempotencyKey,
      ...(flowId !== context.organizationId && { flowId }),
    },
    { body: asked },
  );
  return { run: await getRun(context, flowId, record.id), isNew };
}
