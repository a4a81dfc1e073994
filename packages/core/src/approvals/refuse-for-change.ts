import { DomainError } from "../errors.ts";
import type { LoadedRequest } from "./load.ts";

/**
 * Refuses to alter a proposed change. It stays as it was proposed, and the stages that it was proposed with decide it:
 * its asker can't turn it into another afterwards.
 *
 * @throws DomainError `invalid_state`
 */
export function refuseForChange({ row }: LoadedRequest, done: string): void {
  if (!row.isChange) return;
  throw new DomainError(
    "invalid_state",
    `A change can't be ${done} once it is proposed: withdraw it and propose another`,
    { details: { reason: "is_change" } },
  );
}
