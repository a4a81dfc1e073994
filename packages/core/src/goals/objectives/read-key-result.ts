import type { Transaction } from "../../transactions/transaction.ts";
import { notFound } from "../../errors.ts";
import { readObjectives } from "./read-objectives.ts";
import type { KeyResult } from "./key-result.ts";

/**
 * Returns one key result within the organization's transaction, with its status and health as of now.
 *
 * @throws DomainError `not_found`
 */
export async function readKeyResult(db: Transaction, keyResultId: string): Promise<KeyResult> {
  const [objective] = await readObjectives(db, { keyResultId }, 1);
  const keyResult = objective?.keyResults.find(({ id }) => id === keyResultId.toLowerCase());
  if (!keyResult) throw notFound("Key result");
  return keyResult;
}
