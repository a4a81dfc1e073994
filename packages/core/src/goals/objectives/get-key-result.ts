import type { Context } from "../../context.ts";
import type { InOrganization } from "../../capabilities.ts";
import { notFound } from "../../errors.ts";
import { isUuid } from "../../ids.ts";
import { inOrganization } from "../../transactions/in-organization.ts";
import type { KeyResult } from "./key-result.ts";
import { readKeyResult } from "./read-key-result.ts";

/**
 * Returns one key result.
 *
 * @throws DomainError `not_found`, also for an archived one
 */
export async function getKeyResult(
  context: Context<InOrganization>,
  keyResultId: string,
): Promise<KeyResult> {
  if (!isUuid(keyResultId)) throw notFound("Key result");
  return inOrganization(context, (db) => readKeyResult(db, keyResultId));
}
