import type { Context } from "../context.ts";
import type { InOrganization } from "../capabilities.ts";
import { DomainError } from "../errors.ts";
import { inOrganization } from "../transactions/in-organization.ts";

/**
 * Refuses to alter a run. The approvers that its flow names review it, on the difference that they were shown: the
 * person who started it can't choose other approvers or ask for something else afterwards. A request's flow never
 * changes.
 *
 * @throws DomainError `invalid_state`
 */
export async function refuseForRun(
  context: Context<InOrganization>,
  requestId: string,
  done: string,
): Promise<void> {
  const { rowCount } = await inOrganization(context, (db) =>
    db.query("select from requests where id = $1 and flow_id is not null limit 1", [requestId]),
  );
  if (rowCount === 0) return;
  throw new DomainError("invalid_state", `A run can't be ${done}. Withdraw it and start another`, {
    details: { reason: "is_run" },
  });
}
