import {
  claimMails,
  forgetMails,
  recordMail,
  type ClaimedMail,
  type MailBody,
  type MailOutcome,
  type Services,
} from "@sayso/core";
import { startLoop } from "./loop.ts";
import type { MailSender } from "./mail-sender.ts";

/** Sends the mails of the outbox. */
export interface Mailer {
  /** Looks for due mails at once. */
  wake: () => void;
  /**
   * Claims nothing more, and cuts off what is still running after `patienceMs`. Mails that were cut off are tried
   * again.
   */
  stop(patienceMs: number): Promise<void>;
}

export interface MailerOptions {
  services: Services;
  sender: MailSender;
  complain: (what: string, error: unknown) => void;
}

const AT_ONCE_MAX = 5;
/** The poll finds everything: a lost wake-up delays by this time at most. */
const POLL_MS = 1000;
const CLAIMS_APART_MS = 20;
const AFTER_ERROR_MS = 2000;
const FORGET_EVERY_MS = 10 * 60_000;

/**
 * Claims due mails and sends them side by side, with no transaction open meanwhile. A mail server that hangs delays
 * mail and nothing else. If recording fails, the lease ends, and the mail is sent again under the same Message-ID.
 */
export function startMailer({ services, sender, complain }: MailerOptions): Mailer {
  let forgotAt = -Infinity;

  const send = async (mail: ClaimedMail): Promise<void> => {
    const outcome = await sendWith(sender, mail);
    if (!outcome.ok) complain("sending mail", new Error(outcome.error));
    await recordMail(services, mail, outcome).catch((error: unknown) =>
      complain("recording what became of a mail", error),
    );
  };

  const loop = startLoop({
    async round() {
      if (performance.now() - forgotAt > FORGET_EVERY_MS) {
        await forgetMails(services);
        forgotAt = performance.now();
      }
      const claimed = await claimMails(services, { limit: AT_ONCE_MAX });
      await Promise.all(claimed.map(send));
      return claimed.length === AT_ONCE_MAX ? 0 : POLL_MS;
    },
    onError: (error) => complain("claiming mails", error),
    afterErrorMs: AFTER_ERROR_MS,
    apartMs: CLAIMS_APART_MS,
  });

  return {
    wake: loop.wake,
    async stop(patienceMs) {
      const impatient = setTimeout(() => sender.close(), patienceMs);
      await loop.stop();
      clearTimeout(impatient);
      sender.close();
    },
  };
}

/** Sends one mail. A mail that can't be decrypted is tried again later: the right SAYSO_SECRET may come back. */
function sendWith(
  sender: MailSender,
  { readBody, ...mail }: ClaimedMail,
): Promise<MailOutcome> | MailOutcome {
  let body: MailBody;
  try {
    body = readBody();
  } catch {
    const error = "The mail can't be decrypted: it was sealed under another SAYSO_SECRET";
    return { ok: false, error, isFinal: false };
  }
  return sender.send({ ...mail, body });
}
