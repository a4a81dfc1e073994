import type { TestServices } from "./services.ts";

/**
 * Sets the deadline of a pending request to this moment, by the database's clock. A deadline some seconds ahead could be over
 * before a loaded machine has created the request.
 */
export async function letExpire(
  { sql }: Pick<TestServices, "sql">,
  requestId: string,
): Promise<void> {
  await sql("update requests set expires_at = now() where id = $1 and status = 'pending'", [
    requestId,
  ]);
}
