import type { Context } from "../context.ts";
import type { InOrganization } from "../capabilities.ts";
import { DomainError } from "../errors.ts";
import { inOrganization } from "../transactions/in-organization.ts";

/**
 * A run is reviewed by those whom its flow names, on the difference that they were shown: whoever started it can't
 * choose other reviewers or ask for something else afterwards. What flow began a request never changes.
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
