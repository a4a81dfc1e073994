import type { ClaimedMail, MailBody, MailOutcome } from "@sayso/core";
import { isObject } from "@sayso/exact-json";
import { createTransport } from "nodemailer";
import { isLoopbackHost, type MailConfig } from "../mail-config.ts";
import { redactText } from "../log.ts";
import { messageOf } from "../thrown.ts";
import { renderMail } from "./render-mail.ts";

/** A claimed mail with its text. */
export type DecryptedMail = Omit<ClaimedMail, "readBody"> & { body: MailBody };

/** Speaks SMTP (RFC 5321) with the operator's mail server. */
export interface MailSender {
  /** Hands a mail over, once, and returns the outcome. Takes 30 s at most and never rejects. */
  send(mail: DecryptedMail): Promise<MailOutcome>;
  /**
   * Connects and signs in, and sends nothing.
   *
   * @throws Error that says what is wrong
   */
  check(): Promise<void>;
  /** Cuts off running attempts. */
  close(): void;
}

const STEP_MS_MAX = 15_000;
const ATTEMPT_MS_MAX = 30_000;

/**
 * Creates a sender by SMTP. `smtps:` speaks TLS from the start. `smtp:` switches to TLS if the server offers it. With a
 * password TLS is required (RFC 8314 §3.3), except on this machine. Certificates are checked.
 *
 * A mail keeps its Message-ID over all attempts, so that a receiver can recognise a mail that it already has.
 */
export function createMailSender({ smtp, from }: MailConfig): MailSender {
  const isHere = isLoopbackHost(smtp.host);
  const transport = createTransport({
    ...smtp,
    requireTLS: !smtp.secure && smtp.auth !== undefined && !isHere,
    ignoreTLS: isHere,
    connectionTimeout: STEP_MS_MAX,
    greetingTimeout: STEP_MS_MAX,
    socketTimeout: STEP_MS_MAX,
    dnsTimeout: STEP_MS_MAX,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const closing = new AbortController();
  const domain = from.address.split("@").at(-1);
  return {
    async send(mail) {
      try {
        await transport.sendMail({
          from,
          to: { name: "", address: mail.recipient },
          ...renderMail(mail.subject, mail.body),
          messageId: `<${mail.id}@${domain}>`,
          // RFC 3834 §5: asks receivers to send no vacation notice.
          headers: { "Auto-Submitted": "auto-generated" },
          signal: AbortSignal.any([closing.signal, AbortSignal.timeout(ATTEMPT_MS_MAX)]),
        });
        return { ok: true };
      } catch (error) {
        return { ok: false, error: redactText(messageOf(error)), isFinal: isFinal(error) };
      }
    },
    async check() {
      await transport.verify();
    },
    close() {
      closing.abort();
      transport.close();
    },
  };
}

/**
 * Recognises a refusal for good, because of the mail's recipient or content. The operator can mend every other cause.
 */
function isFinal(error: unknown): boolean {
  if (!isObject(error) || error.permanent !== true) return false;
  return error.command === "RCPT TO" || error.command === "DATA";
}
