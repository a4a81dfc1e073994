import type { Secrets, SystemPool } from "../capabilities.ts";
import { openJson } from "../credentials/open-json.ts";
import { withRetries } from "../transactions/database-errors.ts";
import type { MailBody } from "./mail.ts";

/** A mail that this process may try to send until its lease ends. */
export interface ClaimedMail {
  id: string;
  organizationId: string;
  recipient: string;
  subject: string;
  /**
   * Decrypts its text.
   *
   * @throws an error if it was sealed under another SAYSO_SECRET
   */
  readBody: () => MailBody;
  /** The number of this attempt, from 1. */
  attempt: number;
}

/** The length of a lease: longer than an attempt can take (30 s), with time to record it. */
const LEASE_SECONDS = 60;

/**
 * Claims at most `limit` mails that are due. No other process gets them until the lease ends. A mail whose attempt is
 * not recorded by then is due again. Claims none while deliveries are held.
 */
export async function claimMails(
  services: SystemPool & Secrets,
  { limit }: { limit: number },
): Promise<ClaimedMail[]> {
  const { rows } = await withRetries(() =>
    services.system.query<Omit<ClaimedMail, "readBody"> & { body: Buffer }>({
      name: "claim_mails",
      text: `with due as (
               select organization_id, id from mails
               where sent_at is null and failed_at is null and next_attempt_at <= now() and expires_at > now()
               order by next_attempt_at limit case when deliveries_are_held() then 0 else $1 end for update skip locked
             )
             update mails m set attempts = m.attempts + 1, next_attempt_at = now() + make_interval(secs => $2)
             from due where m.organization_id = due.organization_id and m.id = due.id
             returning m.id, m.organization_id as "organizationId", m.recipient, m.subject, m.body,
                       m.attempts as attempt`,
      values: [limit, LEASE_SECONDS],
    }),
  );
  return rows.map(({ body, ...row }) => ({
    ...row,
    readBody: () => openJson<MailBody>(services.secrets, body),
  }));
}
