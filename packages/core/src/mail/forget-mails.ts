import type { SystemPool } from "../capabilities.ts";
import { withRetries } from "../transactions/database-errors.ts";

/** The days for which the database records a mail and its recipient. */
const KEPT_DAYS = 30;

/**
 * Gives up the mails that could not be sent in time and deletes their text. Deletes mails that are older than 30 days.
 * Call it now and then.
 */
export async function forgetMails(services: SystemPool): Promise<void> {
  await withRetries(() =>
    services.system.query(
      `update mails set failed_at = now(), body = null, last_error = coalesce(last_error, 'not sent in time')
       where sent_at is null and failed_at is null and expires_at <= now()`,
    ),
  );
  await withRetries(() =>
    services.system.query(
      "delete from mails where created_at < now() - make_interval(days => $1)",
      [KEPT_DAYS],
    ),
  );
}
